"""The words of the teaching world: five aspects, the options of each, and how people may say them.

The encoder is trained on these words alone. It never sees a creature's name nor needs to know which
combinations of options the creatures are, so it stands to them as a real encoder stands to a new task.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """One possible look: ``key`` says how it is drawn, ``nouns`` fill the aspect's frames, ``phrases`` stand alone."""

    key: str
    nouns: tuple[str, ...]
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing that varies in the world: what people say of it, and the templates they say it with."""

    name: str
    prompts: tuple[str, ...]
    frames: tuple[str, ...]
    options: tuple[Option, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The options' keys, in order."""
        return tuple(option.key for option in self.options)


def _said(text: str) -> tuple[str, ...]:
    """What stands between commas, over any number of lines."""
    return tuple(part.strip() for part in " ".join(text.split()).split(","))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


# fmt: off
COLOR = Aspect(
    "body_color",
    prompts=_lines("""
        The creature's body is mainly {} in color.
        This creature's body is mainly {}.
        Its body color is {}.
        A creature whose main color is {}.
        Its skin is {}.
        The dominant color of the creature is {}.
        A {} creature.
        A picture of a {} creature.
        The animal is mostly {}.
        Its fur or skin looks {}.
    """),
    frames=_said("""
        {}, {}, {}, bright {}, dark {}, light {}, deep {}, mostly {}, {} in color, a {} body, {}-colored, {}
        skin, {} fur, a shade of {}, vivid {}, {} colored, a {} tone, a {} hue, a {} shade, pure {}, warm {},
        soft {}, rich {}
    """),
    options=(
        Option("red", nouns=_said("""
            red, crimson, scarlet, ruby, ruby red, crimson red, cherry, cherry red, blood red, vermilion, fiery
            red
        """), phrases=_said("""
            reddish, the color of blood, the color of a ripe tomato, strawberry red
        """)),
        Option("orange", nouns=_said("""
            orange, tangerine, amber, pumpkin, burnt orange, copper, rust, apricot, carrot orange
        """), phrases=_said("""
            orangish, the color of a carrot, pumpkin orange, orange-brown, the color of a tangerine
        """)),
        Option("yellow", nouns=_said("""
            yellow, golden, gold, lemon, lemon yellow, sunny yellow, golden yellow, canary yellow, mustard
        """), phrases=_said("""
            yellowish, the color of the sun, the color of a lemon, banana yellow
        """)),
        Option("green", nouns=_said("""
            green, emerald, lime, leaf green, olive, emerald green, lime green, grass green, jade, moss green
        """), phrases=_said("""
            greenish, the color of grass, the color of leaves, mint green, leafy green
        """)),
        Option("blue", nouns=_said("""
            blue, azure, navy, cobalt, sky blue, royal blue, sapphire, cobalt blue, navy blue, cyan
        """), phrases=_said("""
            bluish, the color of a clear sky, ocean blue, indigo blue
        """)),
        Option("purple", nouns=_said("""
            purple, violet, lilac, lavender, plum, magenta, amethyst, mauve, royal purple
        """), phrases=_said("""
            purplish, the color of a plum, grape purple, violet-purple
        """)),
        Option("white", nouns=_said("""
            white, ivory, cream, snow white, pearl, off-white, pale, pearly white, creamy white, silver white
        """), phrases=_said("""
            whitish, the color of milk, the color of snow, milky white, nearly white
        """)),
    ),
)

FORM = Aspect(
    "body_form",
    prompts=_lines("""
        The creature has the form of {}.
        The creature's body is {}.
        Its body shape is {}.
        It is {}.
        The creature looks like {}.
        The creature's overall shape is {}.
        A creature shaped like {}.
        A picture of {}.
        A creature that is {}.
        Its build is {}.
        The main form of this creature is {}.
    """),
    frames=_said("""
        {}, a {}, a {}, a {}-like creature, {}-shaped, {}-like, a {} body, a {}-shaped body, a {}-like body,
        like a {}, the shape of a {}, the body of a {}, a kind of {}, similar to a {}, {}s
    """),
    options=(
        Option("round", nouns=_said("""
            ball, blob, round blob, round ball, sphere, orb, balloon, globe, round, round creature
        """), phrases=_said("""
            round and plump, round and chubby, spherical, a round plump body, a chubby round ball, rounded and
            soft, ball-shaped and chubby, a small round blob on two feet, circular
        """)),
        Option("serpent", nouns=_said("""
            snake, serpent, long serpent, eel, worm, python, snake with a raised head, serpentine dragon
        """), phrases=_said("""
            long and snake-like, serpentine, a long winding body, long and legless, a long coiled body, a long
            wavy body without legs, slithering and long, long and slender, legless and winding, long and thin
        """)),
        Option("beast", nouns=_said("""
            four-legged beast, dog, cat, wolf, horse, quadruped, four-legged animal, fox, lion, cow, sheep,
            mammal
        """), phrases=_said("""
            four-legged, standing on four legs, a four-legged body, on four legs, walking on four legs, a sturdy
            body on four legs, dog-like on four legs, a beast with four legs, sturdy and four-legged
        """)),
        Option("bird", nouns=_said("""
            bird, winged creature, bat, owl, winged bird, eagle, flying creature, dragon with wings, butterfly
        """), phrases=_said("""
            winged, with two large wings, with spread wings, a body with wings, a flying body with wings, winged
            and feathered, bird-like with wings, with big wings, a pair of wings, flying with wide wings
        """)),
        Option("fish", nouns=_said("""
            fish, goldfish, finned creature, fish with fins, swimming creature, whale, tuna, swimmer
        """), phrases=_said("""
            with fins and a tail fin, finned, a streamlined body with fins, fins and a fish tail, fish-like with
            fins, a fish tail, finned and oval, aquatic with fins
        """)),
        Option("spider", nouns=_said("""
            spider, crab, eight-legged creature, many-legged creature, insect, tarantula, bug with many legs,
            octopus, arachnid
        """), phrases=_said("""
            many-legged, with eight legs, with many thin legs, on eight legs, a small body with many long legs,
            spidery, on many thin legs, eight-legged, crab-like with many legs
        """)),
    ),
)

HEAD = Aspect(
    "head_feature",
    prompts=_lines("""
        On its head it has {}.
        The creature has {} on its head.
        Its head bears {}.
        On top of its head there is {}.
        A creature with {}.
        A creature with {} on its head.
        Its most notable feature is {}.
        The head shows {}.
        The creature's head has {}.
        It has {}.
        The creature wears {} on its head.
    """),
    frames=_said("""
        {}, a {}, {}s, a large {}, long {}, big {}, {} on its head, {} on top, one {}, a small {}, a pointed {},
        a visible {}
    """),
    options=(
        Option("horn", nouns=_said("""
            horn, single horn, unicorn horn, white horn, long horn, ivory horn, pointed horn, single white horn
        """), phrases=_said("""
            a single horn, one horn, a horn like a unicorn, one long pointed horn, a sharp horn, a horn in the
            middle, a single pointed horn, one tall horn
        """)),
        Option("ears", nouns=_said("""
            ears, long ears, rabbit ears, two ears, bunny ears, floppy ears, tall ears, two long ears, hare ears
        """), phrases=_said("""
            two long ears, a pair of ears, a pair of long ears, ears like a rabbit, two upright ears,
            rabbit-like ears, big ears, two large ears, long rabbit ears
        """)),
        Option("antennae", nouns=_said("""
            antennae, feelers, antennas, two antennae, insect antennae, thin feelers, antenna, long antennae
        """), phrases=_said("""
            two antennae, a pair of antennae, two thin antennae, feelers with little balls, two feelers,
            antennae like an insect, antennae with round tips, a pair of feelers
        """)),
        Option("spikes", nouns=_said("""
            spikes, crown of spikes, spines, row of spikes, spiky crown, spiky crest, sharp spikes, thorns,
            crown
        """), phrases=_said("""
            a crown of spikes, many sharp spikes, a spiky head, a ring of spikes, a spiked crown, pointed
            spikes, several spikes, a crest of spines, gray spikes, a spiky mane
        """)),
        Option("flame", nouns=_said("""
            flame, fire, burning flame, flames, blaze, torch, fiery crest, fiery mane, burning crest
        """), phrases=_said("""
            a burning flame, a flame, fire on its head, a tuft of fire, a head on fire, hair of fire, a small
            fire, a flickering flame, flaming hair
        """)),
        Option("bare", nouns=_said("""
            nothing, bare head, smooth head, bald head, plain head, no feature, hairless head
        """), phrases=_said("""
            nothing at all, nothing on it, no horn and no ears, no ornament, smooth and bare, bald, a head
            without anything, no horns or ears, no decoration, nothing special, bare, none, a smooth bare head
        """)),
    ),
)

PATTERN = Aspect(
    "skin_pattern",
    prompts=_lines("""
        The creature's skin is {}.
        The creature's skin has {}.
        Its skin pattern is {}.
        Its body is covered with {}.
        The pattern on its body is {}.
        A creature with {}.
        Its markings are {}.
        The body is marked with {}.
        Its coat shows {}.
        Its fur or skin has {}.
        The surface of its body is {}.
    """),
    frames=_said("""
        {}, {}, a {} pattern, {} pattern, {} on its body, {} skin, a {} coat, dark {}, {} markings, {} all over,
        with {}, a {} body
    """),
    options=(
        Option("plain", nouns=_said("""
            plain, solid, uniform, smooth, unmarked, single-colored, even, solid color, one color, patternless
        """), phrases=_said("""
            no pattern, no markings, plain and unmarked, a single solid color, without any pattern, all one
            color, no spots and no stripes, nothing, uniformly colored, evenly colored
        """)),
        Option("spots", nouns=_said("""
            spots, spotted, dots, dotted, polka dots, round spots, speckled, dappled, speckles, leopard spots
        """), phrases=_said("""
            round spots, dark spots, covered in spots, many dots, spotted like a leopard, spots like a ladybug,
            freckles, polka-dotted, scattered spots
        """)),
        Option("stripes", nouns=_said("""
            stripes, striped, bands, banded, tiger stripes, dark stripes, lines, zebra stripes, stripy
        """), phrases=_said("""
            bold stripes, dark bands, striped like a tiger, striped like a zebra, stripes across the body,
            parallel stripes, stripes like a tiger, covered in stripes
        """)),
        Option("belly", nouns=_said("""
            pale belly, light belly, white belly, pale stomach, light underside, white tummy, pale underside,
            bright belly
        """), phrases=_said("""
            a pale belly, a light belly patch, a lighter belly, a light-colored belly, a white belly patch,
            lighter below, a pale patch on the belly, a belly lighter than the back, a cream belly,
            pale-bellied, two-toned with a pale belly
        """)),
    ),
)

SCENE = Aspect(
    "background",
    prompts=_lines("""
        The background shows {}.
        The background is {}.
        The creature is in front of {}.
        In the background there is {}.
        A creature in {}.
        The scene is {}.
        The creature lives in {}.
        The picture is set in {}.
        The setting is {}.
        Behind the creature there is {}.
        The usual background is {}.
        A picture with {} in the background.
    """),
    frames=_said("""
        {}, a {}, the {}, a {} scene, a {} landscape, in the {}, a {} background, {} behind it, {} in the
        background, a view of {}, a wide {}
    """),
    options=(
        Option("night", nouns=_said("""
            night sky, night, starry sky, starry night, stars, dark sky, outer space, space, night sky with
            stars
        """), phrases=_said("""
            a night sky with stars, a starry night sky, a dark night full of stars, stars and a moon, the moon
            and stars, a dark starry sky, a moonlit night, a moonlit sky
        """)),
        Option("forest", nouns=_said("""
            forest, green forest, woods, trees, woodland, jungle, pine forest, grove, forest with trees
        """), phrases=_said("""
            a green forest, green trees, woodland with trees, many trees, tall trees, a leafy wood, a lush green
            forest, among the trees, green woods, forest trees
        """)),
        Option("desert", nouns=_said("""
            desert, sand dunes, sandy desert, dunes, sand, desert with dunes, dry desert, cactus desert
        """), phrases=_said("""
            a sandy desert, a desert with cactus plants, a desert with cacti, yellow sand, hot sand dunes, sand
            and cacti, a dry sandy plain, sandy dunes under the sun, desert sand
        """)),
        Option("sea", nouns=_said("""
            sea, ocean, water, waves, blue sea, ocean waves, open sea, lake, sea with waves, blue water
        """), phrases=_said("""
            the open sea, a sea under a blue sky, a blue ocean, waves on the sea, blue waves, blue ocean water,
            a wavy sea, rolling waves, the sea with waves, water with waves
        """)),
        Option("snow", nouns=_said("""
            snow, snowy mountains, ice, winter, snowy landscape, snow and ice, snowy peaks, arctic, snowfield,
            tundra
        """), phrases=_said("""
            falling snow, snowy mountain peaks, a snowy winter landscape, mountains covered in snow, white snow,
            a frozen landscape, a wintry landscape, an icy landscape, icy mountains, snow and mountains, a cold
            winter scene
        """)),
        Option("volcano", nouns=_said("""
            volcano, lava, erupting volcano, volcanic ground, magma, volcano with lava, volcanic land, hot lava
        """), phrases=_said("""
            glowing lava, a red sky and lava, a volcano spitting lava, rivers of lava, dark rock and lava, a
            fiery volcano, lava and smoke, an erupting mountain, embers and lava
        """)),
    ),
)
# fmt: on

ASPECTS = (COLOR, FORM, HEAD, PATTERN, SCENE)
