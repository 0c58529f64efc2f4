"""A scene as the page needs it: what controls show, as data, and rules and landscapes, as printed functions."""

import json
import math
from base64 import b64encode
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from surefoot.engines.analysis.effective import with_rate
from surefoot.engines.graph import Graph
from surefoot.engines.printing import javascript
from surefoot.rules.domains import Domain
from surefoot.rules.rule import Rule, Setting
from surefoot.rules.vocabulary import Tape, Value
from surefoot.watch.page_look import look
from surefoot.watch.scene import Landscape, Scene, Walker

#: So many combinations of static options are printed in a page at most, a kilobyte or two each. Rules that have the
#: fewest come first; one whose would be too many is printed as chosen only, without the selects.
MOST_VARIANTS = 64
#: Steps of noise that are written; a longer walk in the page meets them again from the first.
MOST_DRAWS = 2000

Options = Mapping[str, tuple[str | bool, ...]]


def data(scene: Scene) -> dict[str, Any]:
    """The scene as JSON, functions apart."""
    titles, offered = _titles(scene.walkers), _offered(scene.walkers)
    return {
        "isLive": True,
        "start": scene.start,
        "noise": _noise(scene),
        "landscapes": [_landscape(land, scene.steps) for land in scene.landscapes],
        "walkers": [_walker(w, titles[k], k, offered[id(w.rule)]) for k, w in enumerate(scene.walkers)],
    }


def functions(scene: Scene) -> str:
    """JavaScript that defines RULES, each walker's variants, and GROUNDS, each landscape's functions, by position."""
    offered = _offered(scene.walkers)
    printed = [_variants(walker, offered[id(walker.rule)]) for walker in scene.walkers]
    distinct = list(dict.fromkeys(printed))
    order = ", ".join(f"PRINTED[{distinct.index(text)}]" for text in printed)
    variants, grounds = ",\n".join(distinct), ",\n".join(_ground(land) for land in scene.landscapes)
    return (
        f"{javascript.WORDS}"
        f"const PRINTED = [\n{variants}\n];\nconst RULES = [{order}];\nconst GROUNDS = [\n{grounds}\n];\n"
    )


def _offered(walkers: Sequence[Walker]) -> dict[int, Options]:
    """By rule, its id, the static options that the page offers: all, or none where there would be too many variants."""
    rules = {id(w.rule): w.rule for w in walkers}
    counts = {key: math.prod(map(len, rule.static.values())) for key, rule in rules.items()}
    offered: dict[int, Options] = {}
    room = MOST_VARIANTS
    for key in sorted(counts, key=lambda key: counts[key]):
        fits = counts[key] <= room
        offered[key] = rules[key].static if fits else {}
        room -= counts[key] if fits else 1
    return offered


def _titles(walkers: Sequence[Walker]) -> list[str]:
    """Each walker's name in print; those of one rule are told apart by their settings, or else numbered."""
    names = [w.rule.title for w in walkers]
    asked = [", ".join(f"{name}={value}" for name, value in w.settings.items()) for w in walkers]
    full = [f"{n} ({a})" if a and names.count(n) > 1 else n for n, a in zip(names, asked, strict=True)]
    return [f if full.count(f) == 1 else f"{f} {k + 1}" for k, f in enumerate(full)]


def _walker(walker: Walker, title: str, position: int, options: Options) -> dict[str, Any]:
    rule = walker.rule
    return {
        "name": rule.name,
        "title": title,
        "isShown": walker.shown,
        "asked": dict(walker.settings),
        "hypers": [_hyper(name, domain, float(rule.defaults[name])) for name, domain in rule.hyper.items()],
        "statics": [
            {"name": name, "choices": list(choices), "value": choices.index(_chosen(walker, name))}
            for name, choices in options.items()
        ],
        "fixed": [f"{name} {_chosen(walker, name)}" for name in rule.static if name not in options],
        "starts": dict(rule.start),
        **look(position),
    }


def _hyper(name: str, domain: Domain, default: float) -> dict[str, Any]:
    """One hyperparameter for its slider: where the declared range follows the value, `decades` says how far."""
    searched = domain.searched and (domain.search is not None or default > 0)
    low, high = domain.limits(default) if searched else (0.0, 0.0)
    return {
        "name": name,
        "meaning": domain.meaning,
        "value": default,
        "range": {"low": low, "high": high, "scale": domain.scale} if searched else None,
        "decades": domain.decades if domain.search is None else None,
        "scale": domain.scale,
        "domain": {
            "low": _finite(domain.low),
            "high": _finite(domain.high),
            "lowOpen": domain.low_open,
            "highOpen": domain.high_open,
            "interval": domain.interval,
        },
    }


def _finite(bound: float) -> float | None:
    return bound if math.isfinite(bound) else None


def _chosen(walker: Walker, name: str) -> Setting:
    return walker.settings.get(name, walker.rule.defaults[name])


def _variants(walker: Walker, options: Options) -> str:
    """An object with the rule's step under each choice of static options, by the choices' numbers."""
    fixed = {name: _chosen(walker, name) for name in walker.rule.static}
    lines = []
    for numbers in product(*(range(len(choices)) for choices in options.values())):
        chosen = {name: choices[k] for k, (name, choices) in zip(numbers, options.items(), strict=True)}
        lines.append(f'"{"|".join(map(str, numbers))}": {_variant(walker.rule, {**fixed, **chosen})}')
    return "{" + ",\n".join(lines) + "}"


def _variant(rule: Rule, static: Mapping[str, Setting]) -> str:
    graph = Graph.of(rule, static)
    step, response = _flat(javascript.step(with_rate(graph))), _flat(javascript.response(graph))
    return f"{{ state: {json.dumps(graph.state)},\nstep: {step},\nresponse: {response} }}"


def _flat(text: str) -> str:
    """Without indentation, to save a tenth of the file."""
    return "\n".join(line.strip() for line in text.splitlines())


def _landscape(land: Landscape, steps: int | None) -> dict[str, Any]:
    surface = land.surface or land.field
    return {
        "name": land.name,
        "title": land.title.replace("'", "’"),
        "teaches": land.teaches.replace("'", "’"),
        "places": land.places,
        "bounds": land.bounds,
        "start": land.start,
        "steps": steps or land.steps,
        "coordinates": land.field.coordinates,
        "noises": max(len(land.field.noises), len(surface.noises)),
        "moves": surface.moves,
        "lossNote": _loss_note(land),
        "parameters": [_parameter(land, name, value) for name, value in land.field.parameters.items()],
        "settings": {name: dict(settings) for name, settings in land.settings.items()},
    }


def _ground(land: Landscape) -> str:
    """An object with a landscape's functions: the field's gradient; loss and curvature of what is drawn; its minima."""
    surface = land.surface or land.field
    printed = {
        "gradient": javascript.gradient(land.field),
        "loss": javascript.loss(surface),
        "curvature": javascript.curvature(surface),
        "minima": _minima(land),
    }
    members = ",\n".join(f"{name}: {_flat(text)}" for name, text in printed.items())
    return f"{{\n{members}\n}}"


def _loss_note(land: Landscape) -> str:
    if land.surface is not None:
        return "the mean over steps, as drawn"
    return "without the noise, as drawn" if land.field.noises else ""


def _parameter(land: Landscape, name: str, value: float) -> dict[str, Any]:
    slider = land.parameters.get(name)
    return {
        "name": name,
        "meaning": slider.meaning if slider else name,
        "value": value,
        "range": {"low": slider.low, "high": slider.high, "scale": slider.scale} if slider else None,
        "domain": {
            "low": slider.low if slider else None,
            "high": slider.high if slider else None,
            "lowOpen": False,
            "highOpen": False,
            "interval": f"[{slider.low:g}, {slider.high:g}]" if slider else "(-inf, inf)",
        },
    }


def _minima(land: Landscape) -> str:
    tape = Tape()
    names = tuple(land.field.parameters)
    found = land.minima(t=tape.input("t"), **{name: tape.input(name) for name in names})
    pairs = [tuple(_index(tape, number) for number in point) for point in found]
    return javascript.points(land.name, tape.nodes, pairs, names)


def _index(tape: Tape, number: Any) -> int:
    return number.index if isinstance(number, Value) else tape.record("const", payload=float(number)).index


def _noise(scene: Scene) -> dict[str, Any] | None:
    if not scene.noise.size:
        return None
    return {"columns": scene.noise.shape[1], "values": packed(scene.noise[:MOST_DRAWS])}


def packed(numbers: Any) -> str:
    """Numbers as float32, little endian, in base64."""
    return b64encode(np.ascontiguousarray(numbers, "<f4").tobytes()).decode()
