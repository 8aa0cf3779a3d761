"""How the report page looks: light and dark by the reader's choice, narrow and wide, on screen and on paper."""

STYLE = """
:root{color-scheme:light dark;--ground:#fff;--card:#f6f8fa;--ink:#1c2430;--soft:#5b6675;--line:#d5dae1;
--accent:#1f6feb;--band:#dbe8fd;--warm:#b45309;--cool:31,111,235}
@media (prefers-color-scheme:dark){:root{--ground:#10151c;--card:#18202a;--ink:#e8edf3;--soft:#9aa7b6;--line:#303b49;
--accent:#6ea8fe;--band:#1f3354;--warm:#f0a35e;--cool:52,104,190}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:70rem;padding:2rem 1.25rem 4rem;background:var(--ground);color:var(--ink);
font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.9rem;line-height:1.2;margin:0}h2{font-size:1.2rem;margin:2.75rem 0 .75rem}
p{margin:.4rem 0;max-width:48rem}.soft,caption,th{color:var(--soft)}
.big{font-size:3.2rem;font-weight:650;line-height:1.1;margin:1.25rem 0 .25rem}
table{border-collapse:collapse;font-size:.9rem}th{font-weight:500;text-align:left}
td,th{padding:.3rem .8rem .3rem 0;vertical-align:middle}.n{text-align:right;font-variant-numeric:tabular-nums;
white-space:nowrap}
.wide{overflow-x:auto;margin:.75rem 0}.bars{width:100%}.bars td:first-child{overflow-wrap:break-word}
.bars td.b{width:45%;min-width:9rem;padding-right:.6rem}
.bar{position:relative;height:1.1rem;background:var(--card);border-radius:3px;print-color-adjust:exact}
.bar i,.bar u,.bar s{position:absolute;top:0;bottom:0;display:block;text-decoration:none}
.bar i{left:0;background:var(--accent);border-radius:3px 0 0 3px;opacity:.85}
.bar u{top:38%;bottom:38%;background:var(--ink)}.bar s{width:2px;background:var(--warm)}
.grid td{border:1px solid var(--line);padding:.2rem .4rem;text-align:center;font-variant-numeric:tabular-nums;
print-color-adjust:exact}
.grid th{padding:.2rem .5rem .2rem 0;min-width:5rem;max-width:14rem;overflow-wrap:anywhere}
.grid thead th{padding:.2rem .4rem;text-align:center;
vertical-align:bottom;min-width:0;max-width:8rem;overflow-wrap:break-word}
.grid thead .v{writing-mode:vertical-rl;transform:rotate(180deg);text-align:left;max-height:9rem;
white-space:nowrap;overflow:hidden}
.grid td.own{outline:2px solid var(--ink);outline-offset:-2px}
.images{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:1rem}
figure{margin:0;background:var(--card);border-radius:8px;overflow:hidden;break-inside:avoid}
figure img{display:block;width:100%;height:10rem;object-fit:contain;background:var(--line)}
figcaption{padding:.6rem .8rem .8rem;font-size:.85rem}figcaption ul{margin:.3rem 0 0;padding-left:1.1rem}
svg{width:100%;max-width:44rem;height:auto}
pre{white-space:pre-wrap;background:var(--card);padding:.8rem 1rem;border-radius:8px;font-size:.85rem}
pre span{display:inline-block;max-width:100%}
@media (max-width:34rem){body{padding:1.25rem .9rem 3rem}.hide{display:none}.bars td.b{min-width:5.5rem}
.big{font-size:2.4rem}td,th{padding-right:.5rem}}
@media print{:root{--ground:#fff;--card:#f6f8fa;--ink:#1c2430;--soft:#5b6675;--line:#d5dae1;--accent:#1f6feb;
--band:#dbe8fd;--warm:#b45309;--cool:31,111,235}
body{max-width:none;padding:0;font-size:10.5pt}p{orphans:3;widows:3}h2,h2+p{break-after:avoid}
tr,figure,svg,.bars,.whole{break-inside:avoid}.wide{overflow:visible}.grid{font-size:8pt}
.grid td{padding:.15rem .25rem}.dense{font-size:5.5pt}.dense td,.dense thead th{padding:.1rem}
.images{grid-template-columns:repeat(3,1fr);gap:.6rem}figure img{height:6rem}
figcaption{font-size:7.5pt;padding:.4rem .5rem}figcaption ul{padding-left:.9rem}}
"""
