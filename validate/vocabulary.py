"""English word lists that the checks compare with, short on purpose: a missed fault is cheaper than a false alarm."""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARTICLES = _set("a an the")
CONJUNCTIONS = _set("and or")

RELATIONS = _set(
    "with without no not non never nor neither of on in at by to from for like than over under above below behind"
    " before after between among along across around near beside against through into onto inside outside within"
    " beneath beyond off up down per as towards toward except but while where which that"
)
"""Around these words order carries the meaning."""

DEGREES = _set(
    "very slightly somewhat rather quite extremely extra super ultra more less most least almost nearly mostly partly"
    " fully half semi dark light pale bright deep dull faint vivid medium mid"
)
"""Words that grade the next one: "dark brown" and "brown" are two steps of one scale, not one inside the other."""

PLAIN_ADJECTIVES = _set(
    "large small big tiny huge long short tall thick thin wide narrow broad slender round curved straight pointed sharp"
    " blunt flat smooth rough shiny glossy matte fluffy furry hairy spiky spotted striped patterned speckled hooked"
    " forked rounded bulky slim plump furry dirty leafy rocky sandy grassy woody scaly wavy curly stocky lanky chunky"
    " skinny crusty creamy muddy snowy icy cloudy misty foggy smoky feathery bushy"
    " circular triangular rectangular hexagonal conical cylindrical spherical vertical horizontal diagonal symmetric"
    " asymmetric transparent translucent opaque upright swept"
)
"""Adjectives that are no nouns, so that "beak curved" can only mean "curved beak"."""

COLOURS = _set(
    "red orange yellow green blue purple violet pink brown black white gray beige cream tan ivory gold golden silver"
    " bronze copper turquoise teal cyan magenta maroon olive lime navy peach coral salmon lavender lilac rose ruby"
    " cherry burgundy wine crimson scarlet amber honey mustard lemon mint emerald aqua indigo plum rust chestnut"
    " chocolate coffee sand ash charcoal slate cinnamon tangerine apricot mauve ochre khaki buff rufous"
)
COLOUR_QUESTIONS = _set("color colors coloring coloration hue shade tint tone palette")

ORDER_QUESTIONS = _set(
    "order sequence top bottom left right upper lower outer inner outside inside first last then followed from above"
    " below"
)
"""Words in a name or prompt after which the order of what "and" joins is part of the answer."""

SPELLINGS = {
    "&": "and",
    "colour": "color",
    "colours": "colors",
    "coloured": "colored",
    "colouring": "coloring",
    "grey": "gray",
    "greyish": "grayish",
    "greys": "grays",
    "centre": "center",
    "centred": "centered",
    "fibre": "fiber",
    "fibres": "fibers",
    "metre": "meter",
    "plough": "plow",
    "mould": "mold",
    "mouldy": "moldy",
    "armour": "armor",
    "armoured": "armored",
    "harbour": "harbor",
    "moustache": "mustache",
    "tyre": "tire",
    "tyres": "tires",
    "aeroplane": "airplane",
    "aluminium": "aluminum",
    "jewellery": "jewelry",
    "pyjamas": "pajamas",
}

NUMBERS = {"1": "one", "2": "two", "3": "three", "4": "four", "5": "five", "6": "six", "7": "seven", "8": "eight"}
NUMBERS |= {"9": "nine", "10": "ten", "single": "one"}
NUMERALS = frozenset(NUMBERS.values()) | _set("several many multiple few numerous couple pair")

SYNONYMS = (
    ("large", "big"),
    ("small", "little"),
    ("round", "circular"),
    ("shiny", "glossy"),
    ("slender", "slim"),
    ("ocean", "sea"),
    ("forest", "woods"),
    ("stone", "rock"),
    ("beak", "bill"),
    ("car", "automobile"),
    ("bicycle", "bike"),
    ("airplane", "plane"),
    ("sofa", "couch"),
    ("spotted", "dotted"),
    ("fuzzy", "fluffy"),
    ("spiky", "prickly"),
)
"""Words that describe the same sight. They also show an encoder's measure: how alike it finds what says the same."""

NOT_PLURAL = _set(
    "shorts pants jeans trousers glasses goggles sunglasses scissors tights briefs overalls binoculars spectacles woods"
    " news gas lens bus iris bias chaos species series always alias canvas atlas cosmos plus glass class mars venus"
    " arms stairs goods pliers tongs cactus citrus octopus walrus hummus asparagus"
)
IRREGULAR_PLURALS = {
    "leaves": "leaf",
    "wolves": "wolf",
    "halves": "half",
    "calves": "calf",
    "hooves": "hoof",
    "knives": "knife",
    "shelves": "shelf",
    "loaves": "loaf",
    "scarves": "scarf",
    "teeth": "tooth",
    "feet": "foot",
    "geese": "goose",
    "mice": "mouse",
    "men": "man",
    "women": "woman",
    "children": "child",
    "people": "person",
    "oxen": "ox",
    "buses": "bus",
    "lenses": "lens",
    "gases": "gas",
    "antennae": "antenna",
    "antennas": "antenna",
    "fungi": "fungus",
    "cacti": "cactus",
    "movies": "movie",
    "cookies": "cookie",
    "brownies": "brownie",
    "shoes": "shoe",
    "toes": "toe",
    "hoes": "hoe",
    "canoes": "canoe",
    "axes": "axe",
    "vertebrae": "vertebra",
}

GENERIC_CLASSES = _set(
    "normal good bad clean empty plain open closed dark light new old other none background unknown positive negative"
    " healthy default object thing left right up down yes no on off"
)
"""Class names that are everyday words: that an option uses one of them in passing says nothing."""

RESEMBLING = _set("like shaped style sized colored type esque")
"""Endings of "wolf-like", "bell-shaped": what comes before is what something resembles, not what it is."""

CATCH_ALL = {
    *("other", "others", "another", "any", "anything", "anything else", "everything else", "something else"),
    *("none", "none of above", "none of these", "none of those", "neither", "unknown", "unclear"),
    *("unspecified", "undefined", "uncertain", "not sure", "not applicable", "not visible", "not specified", "n a"),
    *("various", "varied", "varies", "varying", "variable", "various color", "various shape", "various type"),
    *("miscellaneous", "misc", "etc", "different", "depends", "some other", "all of above", "all of these", "unsure"),
    *("cannot tell", "can not tell", "cannot be determined", "not known", "not clear", "no answer", "else"),
}
"""Options, without articles, that stand for whatever the others do not."""

YES_NO = _set("yes no true false present absent")

NOT_SEEN = {
    "sound": _set(
        "noise noises noisy loud loudly quiet silent chirp chirps chirping barking meow meows meowing howl howling"
        " growl growling purr purring singing sings melodious vocal vocalization vocalizations audible sound sounds"
    ),
    "smell": _set("smell smells smelly smelling odor odour odors odorless aroma aromas aromatic fragrant scent scented")
    | _set("stinky pungent odorous"),
    "taste": _set("taste tastes tasting tasty flavor flavors flavored flavour flavours delicious savory savoury"),
    "behaviour": _set(
        "nocturnal diurnal migratory migrates migrating hibernates hibernating loyal friendly intelligent playful"
        " obedient docile temperament personality behavior behaviour behaves territorial sociable affectionate"
        " trainable aggressive carnivorous herbivorous omnivorous carnivore herbivore omnivore predatory diet"
    ),
    "knowledge": _set(
        "edible inedible poisonous toxic venomous endangered extinct nutritious medicinal magnetic radioactive"
        " contagious expensive inexpensive cheap popular famous hardness originates invented domesticated"
    ),
}
"""Words for what no picture shows, by the sense or source that one would need."""

NOT_SEEN_PHRASES = {
    "use": ("used for", "used to", "used in", "used as", "used by", "suitable for", "designed to", "designed for"),
    "origin": ("native to", "found in", "endemic to", "originating from", "known for", "famous for", "common in"),
    "behaviour": ("feeds on", "feed on", "lives in", "lives on", "preys on", "hunts for", "known to", "active at"),
}

NOT_SEEN_ALONE = {
    "taste": _set("sweet sour bitter salty spicy umami bland"),
    "knowledge": _set("fast slow rare common useful important"),
}
"""Words that no picture shows when they are the whole option, though beside others they often help to describe."""

SEEN_AFTER_ALL = _set(
    "face faces facial expression expressions look looks looking eye eyes smile posture stance pose gaze stare"
    " appearance color colors colored pattern patterns print hole holes box board bar wave waves muffler plant symbol"
    " sign label mark logo red orange yellow green blue purple pink brown black white gray"
)
"""Beside these an otherwise invisible word describes something that can be seen: "a friendly face"."""
