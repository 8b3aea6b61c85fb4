"""Words for what a pair shows."""

from __future__ import annotations

import numpy as np

_ADVERBS = ["", "", "", "", "", "bright", "shiny", "deep"]
_PLACES = {
    "winter": ["winter", "snowy winter", "snowy", "snow covered", "frozen", "snowy winter"],
    "autumn": ["autumn", "autumn", "fall", "autumnal"],
    "summer": ["summer", "summer", "green"],
    "spring": ["spring", "spring", "blossoming"],
    "desert": ["desert", "desert", "sandy"],
    "mars": ["mars", "red planet", "martian"],
}
_TIMES = {
    "sunset": ["at sunset", "at sunset", "at dusk", "in the evening", "during sunset"],
    "night": ["at night", "at night", "by night", "under the stars"],
    "fog": ["in fog", "in the fog", "in mist"],
    "rain": ["in the rain", "in rain", "on a rainy day"],
}
_TIMES_ALONE = {
    "sunset": ["sunset", "at sunset", "golden hour", "a sunset"],
    "night": ["night", "at night", "a dark night", "starry night"],
    "fog": ["fog", "foggy", "a misty morning", "thick fog"],
    "rain": ["rain", "rainy", "stormy weather", "heavy rain"],
}
_TIMES_ADJECTIVE = {"sunset": "sunset", "night": "night", "fog": "foggy", "rain": "rainy"}
_SCENES = "landscape landscape scene background road forest street park field river garden".split()
_NEUTRAL = ["object", "thing", "shape"]


def _a(words: str) -> str:
    """The words after their article."""
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _one(random: np.random.RandomState, options: list[str]) -> str:
    return options[random.randint(len(options))]


def noun_for(random: np.random.RandomState, name: str, kinds: list[str]) -> str:
    """The name of an object, a broader word for it or, rarely, a neutral one."""
    choice = random.rand()
    if choice < 0.08 or not name:
        return _one(random, _NEUTRAL)
    if kinds and choice < 0.6:
        return _one(random, kinds)
    return name


def object_caption(random: np.random.RandomState, noun: str, adjective: str, kind: str) -> str:
    """`noun` with the adjective of an appearance of that kind (see appearance.py)."""
    if not adjective:
        return _one(random, [_a(noun), f"a photo of {_a(noun)}", noun, f"the {noun}"])
    if kind == "material":
        made = {"wood": "wooden", "stone": "stone", "fur": "furry"}.get(adjective, adjective)
        return _one(
            random,
            [_a(f"{made} {noun}"), f"{_a(noun)} made of {adjective}", f"{noun} made of {adjective}", f"{made} {noun}"],
        )
    if kind == "pattern":
        return _one(random, [_a(f"{adjective} {noun}"), f"{adjective} {noun}"])
    plain = adjective in ("black", "white", "gray", "grey", "silver", "golden", "gold", "chrome")
    adverb = "" if plain else _one(random, _ADVERBS)
    if adjective == "gold":
        return _one(random, [f"a gold {noun}", f"{_a(noun)} made of gold", f"gold {noun}"])
    described = f"{adverb} {adjective} {noun}".strip()
    return _one(
        random,
        3 * [_a(described)]
        + [described, f"a photo of {_a(described)}"]
        + [f"the {noun} is {adjective}", f"{noun} in {adjective}", f"{described} on black background"],
    )


def garment_caption(random: np.random.RandomState, garment: str, adjective: str) -> str:
    wearers = ["woman", "woman", "girl", "lady", "person"] if garment == "dress" else ["person", "man", "woman"]
    who = _one(random, wearers)
    if not adjective:
        return _one(random, [f"a {who} in a {garment}", f"a {who}", f"a photo of a {who}"])
    described = _a(f"{adjective} {garment}")
    return _one(
        random,
        2 * [f"a {who} in {described}"]
        + [f"a {who} wearing {described}", f"{who} with {described}", described, f"a {who} in {adjective}"],
    )


def scene_caption(random: np.random.RandomState, place: str, time: str, forest: bool = False) -> str:
    """A place or season (or "" for none) and a time of day or weather (or "day")."""
    base = "forest" if forest and random.rand() < 0.5 else _one(random, _SCENES)
    when = _one(random, _TIMES[time]) if time in _TIMES else ""
    if not place:
        if not when:
            return _one(random, [f"a {base}", f"a photo of a {base}", base])
        if random.rand() < 0.35:
            return _one(random, _TIMES_ALONE[time])
        if random.rand() < 0.3:
            return f"a {_TIMES_ADJECTIVE[time]} {base}"
        return f"a {base} {when}"
    word = _one(random, _PLACES[place])
    options = [word, f"{word} landscape", f"{word} {base}", f"{word} scene"] + 2 * [_a(f"{word} {base}")]
    if place in ("winter", "autumn", "summer", "spring"):
        options += [f"a {base} in {place}", place, place]
    if place == "winter":
        options += [f"a {base} covered in snow", "snowy winter", "snow"]
    if place == "desert":
        options += [f"a {base} in the desert", "desert"]
    if place == "mars":
        options += [f"a {base} on mars", "mars"]
    return f"{_one(random, options)} {when}".strip()


def style_caption(random: np.random.RandomState, style: str) -> str:
    base = _one(random, _SCENES)
    return _one(random, [style, f"{_a(style)} photo of a {base}", f"a {base} in {style} style", f"{style} {base}"])


def with_garbage(random: np.random.RandomState, caption: str) -> str:
    """Now and then an invented word, so that words outside the vocabulary do no harm."""
    if random.rand() > 0.12:
        return caption
    letters = "aaabcdeeefghiiijklmnooopqrstuuvwxyz"
    words = caption.split()
    for _ in range(random.randint(1, 3)):
        invented = "".join(letters[random.randint(len(letters))] for _ in range(random.randint(3, 10)))
        words.insert(random.randint(len(words) + 1), invented)
    return " ".join(words)
