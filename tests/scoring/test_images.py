"""Whatever the file holds: right pixels, or one error that says why not."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from cotsmith.errors import DataError, UsageError
from cotsmith.scoring.images import MAX_PIXELS, Crop, as_seen, open_image

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)


def saved(image: Image.Image, path: Path, **options: Any) -> Path:
    image.save(path, **options)
    return path


def quarters() -> Image.Image:
    """Red, green / blue, white: every turn and flip shows."""
    image = Image.new("RGB", (40, 20), WHITE)
    draw = ImageDraw.Draw(image)
    for box, color in (((0, 0, 19, 9), RED), ((20, 0, 39, 9), GREEN), ((0, 10, 19, 19), BLUE)):
        draw.rectangle(box, color)
    return image


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(tmp_path: Path, orientation: int) -> None:
    turned_back = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    stored = quarters() if turned_back is None else quarters().transpose(turned_back)
    exif = Image.Exif()
    exif[0x0112] = orientation
    shown = open_image(saved(stored, tmp_path / "turned.png", exif=exif))
    assert np.array_equal(np.asarray(shown), np.asarray(quarters()))


def test_damaged_exif_does_not_cost_the_image(tmp_path: Path) -> None:
    path = saved(quarters(), tmp_path / "x.jpg", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff", quality=95)
    assert open_image(path).size == (40, 20)


def test_crop_comes_after_orientation(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = saved(quarters().transpose(Image.Transpose.ROTATE_90), tmp_path / "turned.png", exif=exif)
    left_half = open_image(path, Crop(0, 0, 0.5, 0.5))
    assert left_half.size == (20, 10)
    assert left_half.getcolors() == [(200, RED)]


def test_first_frame_of_an_animation(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), color) for color in (RED, BLUE)]
    for name in ("x.gif", "x.png", "x.webp"):
        options: dict[str, Any] = {"save_all": True, "append_images": frames[1:]}
        path = saved(frames[0], tmp_path / name, **options, **({"lossless": True} if name == "x.webp" else {}))
        assert open_image(path).getpixel((0, 0)) == RED


def test_sixteen_bit_greyscale_is_scaled_not_clipped(tmp_path: Path) -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    for name in ("ramp.png", "ramp.tiff"):
        pixels = np.asarray(open_image(saved(Image.fromarray(ramp), tmp_path / name)))
        assert np.array_equal(pixels, np.repeat(np.arange(256, dtype=np.uint8).reshape(16, 16, 1), 3, axis=2))


@pytest.mark.parametrize(
    ("values", "expected"),
    [([0.0, 0.5, 1.0], [0, 128, 255]), ([0.0, 128.0, 255.0], [0, 128, 255]), ([np.nan, -1.0, np.inf], [0, 0, 255])],
)
def test_floating_point_greyscale(tmp_path: Path, values: list[float], expected: list[int]) -> None:
    path = saved(Image.fromarray(np.array([values], dtype=np.float32)), tmp_path / "x.tiff")
    assert np.asarray(open_image(path))[0, :, 0].tolist() == expected


def test_deep_integers(tmp_path: Path) -> None:
    path = saved(Image.fromarray(np.array([[0, 2**31 - 1]], dtype=np.int32)), tmp_path / "x.tiff")
    assert np.asarray(open_image(path))[0, :, 0].tolist() == [0, 127]


def test_cmyk(tmp_path: Path) -> None:
    path = saved(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), tmp_path / "red.tiff")
    assert open_image(path).getpixel((0, 0)) == RED
    red, green, blue = np.asarray(open_image(saved(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), tmp_path / "r.jpg")))[
        0, 0
    ]
    assert red > 240
    assert max(green, blue) < 15


def test_transparency_is_composited_on_white(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (4, 4), (*RED, 0))
    half = Image.new("RGBA", (4, 4), (*RED, 128))
    grey = Image.new("LA", (4, 4), (0, 0))
    assert open_image(saved(clear, tmp_path / "clear.png")).getpixel((0, 0)) == WHITE
    assert open_image(saved(half, tmp_path / "half.png")).getpixel((0, 0)) == (255, 127, 127)
    assert open_image(saved(grey, tmp_path / "grey.png")).getpixel((0, 0)) == WHITE


def test_palettes(tmp_path: Path) -> None:
    colors = quarters().quantize(4)
    assert open_image(saved(colors, tmp_path / "x.png")).getpixel((1, 1)) == RED
    path = saved(colors, tmp_path / "clear.png", transparency=colors.getpixel((1, 1)))
    assert open_image(path).getpixel((1, 1)) == WHITE
    assert open_image(path).getpixel((39, 1)) == GREEN


def test_transparency_in_bytes_gives_no_warning(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    colors = quarters().quantize(4)
    open_image(saved(colors, tmp_path / "x.png", transparency=bytes([0, 255, 255, 255])))
    assert not recwarn.list


def test_black_and_white(tmp_path: Path) -> None:
    assert open_image(saved(Image.new("1", (8, 8), 1), tmp_path / "x.png")).getpixel((0, 0)) == WHITE


def png_claiming(width: int, height: int) -> bytes:
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("width", [100_000, 15_000])
def test_decompression_bomb(tmp_path: Path, width: int, recwarn: pytest.WarningsRecorder) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_claiming(width, 100_000 if width == 100_000 else 12_000))
    with pytest.raises(DataError) as error:
        open_image(path)
    assert f"{MAX_PIXELS:,}" in str(error.value)
    assert not recwarn.list


def test_a_line_is_no_picture(tmp_path: Path) -> None:
    path = saved(Image.new("RGB", (400, 2), RED), tmp_path / "line.png")
    assert open_image(path).size == (400, 2)
    with pytest.raises(DataError, match="400 × 1 pixels are a line; the limit is 1 : 200"):
        open_image(path, Crop(0, 0, 1, 0.5))


def damaged(kind: str, folder: Path) -> Path:
    path = folder / f"{kind}.png"
    match kind:
        case "missing":
            pass
        case "empty":
            path.touch()
        case "text":
            path.write_text("not an image")
        case "page":
            path.write_text("<!DOCTYPE html><title>404</title>")
        case "pointer":
            path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
        case "noise":
            path.write_bytes(bytes(range(256)) * 4)
        case "postscript":
            path.write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n")
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "below a file":
            saved(quarters(), folder / "file.png")
            path = folder / "file.png" / "x.png"
        case "null":
            path = folder / "x\0.png"
    return path


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("missing", "no such file"),
        ("empty", "the file is empty"),
        ("text", "it is a text file"),
        ("page", "it is a web page"),
        ("pointer", "git lfs pull"),
        ("noise", "not an image"),
        ("postscript", "not an image"),
        ("folder", "it is a folder"),
        ("pipe", "not a regular file"),
        ("below a file", "Not a directory"),
        ("null", "null"),
    ],
)
def test_what_is_no_image_says_so(tmp_path: Path, kind: str, reason: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DataError) as error:
        open_image(damaged(kind, tmp_path))
    assert reason in error.value.message
    assert error.value.where
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("suffix", ["jpg", "png", "gif", "webp", "bmp", "tiff", "avif", "jp2"])
@pytest.mark.parametrize("share", [0.05, 0.4, 0.8])
def test_truncated_files_are_refused(
    tmp_path: Path, suffix: str, share: float, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = saved(Image.effect_mandelbrot((120, 80), (-2, -1, 1, 1), 40).convert("RGB"), tmp_path / f"x.{suffix}")
    assert open_image(whole).size == (120, 80)
    data = whole.read_bytes()
    whole.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(DataError, match=r"x\."):
        open_image(whole)
    assert capfd.readouterr() == ("", "")


def test_control_characters_in_a_path_are_shown_not_obeyed(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        open_image(tmp_path / "\x1b[31mred.png")
    assert "\x1b" not in str(error.value)
    assert "\\x1b" in str(error.value)


def test_crop_is_parsed() -> None:
    assert Crop.parse(" 0.08,0.11, 0.92,0.48 ") == Crop(0.08, 0.11, 0.92, 0.48)
    assert Crop.parse("pokemon-artwork") == Crop(0.08, 0.11, 0.92, 0.48)
    assert Crop.parse(str(Crop(0.1, 0.2, 0.3, 0.4))) == Crop(0.1, 0.2, 0.3, 0.4)


def test_a_crop_is_given_in_any_of_its_forms() -> None:
    crop = Crop(0.1, 0.2, 0.8, 0.9)
    for form in (crop, "0.1,0.2,0.8,0.9", (0.1, 0.2, 0.8, 0.9), [0.1, 0.2, 0.8, 0.9]):
        assert Crop.of(form) == crop
    assert Crop.of(None) is None


@pytest.mark.parametrize("form", [5, (0.1, 0.2), ("a", "b", "c", "d"), object()])
def test_what_is_no_crop_is_refused(form: object) -> None:
    with pytest.raises(UsageError, match="is no crop"):
        Crop.of(form)  # type: ignore[arg-type]


def test_the_demo_cards_have_a_named_crop() -> None:
    from cotsmith.scoring.demo.world import ARTWORK_CROP

    assert Crop.parse("artwork") == Crop(*ARTWORK_CROP)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "four numbers"),
        ("artwrok", 'did you mean "artwork"'),
        ("0,0,1", "not 3"),
        ("0,0,1,1,1", "not 5"),
        ("0.5,0,0.5,1", "left < right"),
        ("0,0.9,1,0.1", "top < bottom"),
        ("0,0,1,1.01", "top < bottom"),
        ("-0.1,0,1,1", "left < right"),
        ("nan,0,1,1", "left < right"),
        ("inf,0,1,1", "left < right"),
        ("a,b,c,d", "not four numbers"),
        ("8,11,92,48", "left < right"),
    ],
)
def test_bad_crops_are_usage_errors(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as error:
        Crop.parse(text)
    assert "0.08,0.11,0.92,0.48" in error.value.hint


@pytest.mark.parametrize("size", [(1, 1), (3, 7), (640, 480)])
@pytest.mark.parametrize("crop", [Crop(0, 0, 1, 1), Crop(0.999, 0.999, 1, 1), Crop(0.49, 0.49, 0.51, 0.51)])
def test_a_crop_is_inside_the_image_and_never_empty(size: tuple[int, int], crop: Crop) -> None:
    left, top, right, bottom = crop.box(*size)
    assert 0 <= left < right <= size[0]
    assert 0 <= top < bottom <= size[1]


def deep_grey() -> Image.Image:
    return Image.fromarray(np.linspace(0, 65535, 800).astype(np.uint16).reshape(20, 40))


def half_transparent() -> Image.Image:
    image = quarters().convert("RGBA")
    image.putalpha(100)
    return image


@pytest.mark.parametrize("picture", [quarters, deep_grey, half_transparent])
@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("crop", [None, Crop(0, 0, 0.5, 0.5)])
def test_an_open_image_is_seen_as_its_file_is(
    tmp_path: Path, picture: Callable[[], Image.Image], orientation: int, crop: Crop | None
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(picture(), tmp_path / "x.png", exif=exif)
    with Image.open(path) as opened:
        before = opened.copy()
        seen = as_seen(opened, crop)
        assert np.array_equal(np.asarray(seen), np.asarray(open_image(path, crop)))
        assert opened.mode == before.mode
        assert np.array_equal(np.asarray(opened), np.asarray(before))


def test_an_open_image_is_refused_as_its_file_is(tmp_path: Path) -> None:
    path = saved(quarters(), tmp_path / "x.png")
    path.write_bytes(path.read_bytes()[:60])
    with Image.open(path) as opened, pytest.raises(DataError, match=r"^image 3: it is damaged"):
        as_seen(opened, name="image 3")
    with pytest.raises(DataError, match="0 × 5 pixels"):
        as_seen(Image.new("RGB", (0, 5)))
    with pytest.raises(DataError, match="are a line"):
        as_seen(Image.new("RGB", (5000, 2)))


def test_a_damaged_tiff_writes_nothing_past_python(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = saved(quarters().resize((400, 200)), tmp_path / "x.tif", compression="tiff_lzw")
    content = bytearray(path.read_bytes())
    content[20:200] = b"\xff" * 180
    path.write_bytes(content)
    with pytest.raises(DataError, match="it is damaged"):
        open_image(path)
    assert capfd.readouterr() == ("", "")
