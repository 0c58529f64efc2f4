"""A rule as its function's signature declares it: the slots, the hyperparameters, the static options."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from surefoot.errors import UserError, did_you_mean
from surefoot.rules.domains import Domain, Start
from surefoot.rules.facts import Facts
from surefoot.rules.mistakes import cannot_be_traced, first_line, wrong_results
from surefoot.rules.vocabulary import COMPARISONS, Tape, Value

Setting = float | str | bool
#: A hyperparameter annotated as a plain float: any finite number, never searched.
ANY_NUMBER = Domain("a number", -float("inf"), float("inf"))


@dataclass(frozen=True, eq=False)
class Rule:
    """An update rule, read off its function's signature.

    Attributes:
        name: the function's name. function: the function itself.
        slots: `x`, `g`, then the state slots, in the order of the positional parameters.
        start: for state slots that do not start at zero, the hyperparameter that gives the first value.
        hyper: the hyperparameters and their domains, in order. static: the static options and their choices.
        defaults: the default of each hyperparameter and static option.
        facts: what the rule states of itself (empty for a rule that states nothing).

    Rules are equal only if they are the same object.
    """

    name: str
    function: Callable[..., Any]
    slots: tuple[str, ...]
    start: Mapping[str, str]
    hyper: Mapping[str, Domain]
    static: Mapping[str, tuple[str | bool, ...]]
    defaults: Mapping[str, Setting]
    facts: Facts = field(default_factory=Facts)

    @classmethod
    def of(cls, function: Callable[..., Any]) -> "Rule":
        """Read the declaration `function(x, g, *state, *, t, **hyperparameters)`.

        Raises:
            UserError: if the signature does not declare a rule; the message names the parameter and what it lacks.

        >>> def mine(x, g, *, t, lr: Annotated[float, Domain("learning rate", 0, 1, decades=1)] = 0.1):
        ...     return x - lr * g
        >>> Rule.of(mine).slots
        ('x', 'g')
        """
        name = getattr(function, "__name__", type(function).__name__)
        parameters, hints = _declaration(name, function)
        slots = _slots(name, parameters)
        options = _options(name, parameters)
        static = {p.name: c for p in options if (c := _choices(hints.get(p.name), p.default))}
        rule = cls(
            name=name,
            function=function,
            slots=slots,
            start={s: start for s in slots if (start := _start(name, s, hints.get(s)))},
            hyper={p.name: _domain(name, p, hints.get(p.name)) for p in options if p.name not in static},
            static=static,
            defaults={p.name: p.default for p in options},
            facts=getattr(function, "facts", Facts()),
        )
        rule._check_defaults()
        for slot, first in rule.start.items():
            if first not in rule.hyper:
                raise UserError(
                    f"rule {name}: slot {slot} starts at {first!r}, which must be a hyperparameter of it; for a slot "
                    f"that starts at x write {slot} = where(t == 1, x, {slot})"
                )
        return rule

    @property
    def title(self) -> str:
        """Its name in print, and its optimizer class's."""
        return self.facts.title or self.name

    @property
    def state(self) -> tuple[str, ...]:
        """The state slots."""
        return self.slots[2:]

    def settings(self, given: Mapping[str, Any] | None = None) -> dict[str, Setting]:
        """All hyperparameters and static options, those given checked, the others at their defaults.

        Raises:
            UserError: for an unknown name or a value outside its domain.

        >>> from surefoot.rules.catalogue import find
        >>> find("sgd").settings({"lr": 0.5})
        {'lr': 0.5}
        >>> find("sgd").settings({"lr": -1})
        Traceback (most recent call last):
        ...
        surefoot.errors.UserError: lr must be in [0, inf), got -1
        """
        given = given or {}
        for name in given:
            if name not in self.defaults:
                raise UserError(f"{self.name} has no hyperparameter {name!r}; {did_you_mean(name, self.defaults)}")
        return {name: self._checked(name, given.get(name, default)) for name, default in self.defaults.items()}

    def _checked(self, name: str, value: Any) -> Setting:
        if name in self.hyper:
            return self.hyper[name].check(name, value)
        for choice in self.static[name]:
            if choice == value:
                return choice
        raise UserError(f"{name} must be one of {', '.join(map(repr, self.static[name]))}, got {value!r}")

    def _check_defaults(self) -> None:
        try:
            self.settings()
        except UserError as error:
            raise UserError(f"rule {self.name}: the default of {error}") from None
        for name, domain in self.hyper.items():
            if domain.decades is not None and float(self.defaults[name]) <= 0:
                raise UserError(
                    f"rule {self.name}: {name} is searched around its default, which must be above 0, got "
                    f"{self.defaults[name]!r}"
                )

    def form(self, library: str) -> dict[str, Setting]:
        """The settings that give another library's form of this rule.

        >>> from surefoot.rules.catalogue import find
        >>> find("rmsprop").form("torch")["eps_at"]
        'outside'
        """
        if library not in self.facts.forms:
            raise UserError(f"{self.name} has no form {library!r}; {did_you_mean(library, self.facts.forms)}")
        return self.settings(self.facts.forms[library])

    def trace(self, static: Mapping[str, Setting], maximize: bool = False) -> tuple[Tape, dict[str, Value]]:
        """Call the function on recording values: the tape, and the new value of `x` and of each state slot.

        Args:
            static: a choice for every static option. maximize: ascend, by recording the rule on -g.

        Raises:
            UserError: naming the rule and the operation that stopped it.
        """
        tape = Tape()
        inputs = {slot: tape.input(slot) for slot in self.slots}
        hyper = {h: tape.input(h) for h in self.hyper}
        t = tape.input("t")
        positional = [-v if maximize and slot == "g" else v for slot, v in inputs.items()]
        try:
            results = self.function(*positional, t=t, **hyper, **static)
        except (Exception, SystemExit) as error:
            raise cannot_be_traced(self.name, self.function, error) from error
        values = results if isinstance(results, tuple) else (results,)
        names = ("x", *self.state)
        if len(values) != len(names) or not all(isinstance(v, Value) for v in values):
            raise wrong_results(self.name, names, results)
        if any(tape.nodes[v.index].op in COMPARISONS for v in values):
            raise UserError(f"rule {self.name} returns a comparison; make it a number by where(condition, 1.0, 0.0)")
        return tape, dict(zip(names, values, strict=True))


def _declaration(rule: str, function: Callable[..., Any]) -> tuple[list[inspect.Parameter], dict[str, Any]]:
    if not inspect.isroutine(function):
        raise UserError(
            f"rule {rule} must be a function, got {_described(function)}; write one that calls it: "
            f"def mine(x, g, *, t, lr: Rate = 0.01): return ..."
        )
    kinds = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)
    if any(kind(function) for kind in kinds):
        raise UserError(f"rule {rule} must return its results: write it with def and return, without async and yield")
    try:
        parameters = list(inspect.signature(function).parameters.values())
        return parameters, get_type_hints(function, include_extras=True)
    except Exception as error:  # evaluating annotations can raise anything
        raise UserError(f"rule {rule} must have a readable signature: {first_line(error)}") from error


def _described(thing: object) -> str:
    return "a class" if inspect.isclass(thing) else f"an object of the class {type(thing).__name__}"


def _slots(rule: str, parameters: list[inspect.Parameter]) -> tuple[str, ...]:
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    slots = tuple(p.name for p in positional)
    if slots[:2] != ("x", "g") or any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters):
        raise UserError(f"rule {rule} must take (x, g, then its state slots, *, t, then hyperparameters), got {slots}")
    for p in positional:
        if p.name.startswith("_") or p.name == "rate":
            raise UserError(
                f"rule {rule}: slot {p.name} must have another name; rate (the effective learning rate) and names that "
                f"begin with an underscore are the engines' own"
            )
        if p.default is not p.empty:
            raise UserError(
                f"rule {rule}: slot {p.name} cannot have a default; hyperparameters stand after the star, and "
                f"Annotated[Value, Start(...)] starts a slot at one of them"
            )
    return slots


def _start(rule: str, slot: str, hint: Any) -> str | None:
    """The hyperparameter that a slot starts at, if its annotation names one."""
    marks = (hint, *getattr(hint, "__metadata__", ()))
    if any(isinstance(mark, Domain) for mark in marks):
        raise UserError(f"rule {rule}: {slot} is a hyperparameter by its annotation, and must stand after the star")
    if hint is Start or Start in marks or isinstance(hint, Start):
        raise UserError(f'rule {rule}: write {slot}: Annotated[Value, Start("the name of a hyperparameter")]')
    return next((mark.hyperparameter for mark in marks if isinstance(mark, Start)), None)


def _options(rule: str, parameters: list[inspect.Parameter]) -> list[inspect.Parameter]:
    """The hyperparameters and static options: all after the star but t."""
    named = [p for p in parameters if p.kind is p.KEYWORD_ONLY]
    if "t" not in [p.name for p in named]:
        raise UserError(f"rule {rule} must take the step count t after the star: def {rule}(x, g, ..., *, t, lr=...)")
    for p in named:
        if p.name.startswith("_"):
            raise UserError(f"rule {rule}: {p.name} must not begin with an underscore; such names are the engines' own")
        if p.name != "t" and p.default is p.empty:
            raise UserError(f"rule {rule}: {p.name} must have a default value, got none; write {p.name}: Rate = 0.01")
    return [p for p in named if p.name != "t"]


def _choices(hint: Any, default: object) -> tuple[str | bool, ...]:
    plain = hint.__origin__ if get_origin(hint) is Annotated else hint
    if get_origin(plain) is Literal:
        return get_args(plain)
    if plain is bool or isinstance(default, bool):
        return (False, True)
    return ()


def _domain(rule: str, parameter: inspect.Parameter, hint: Any) -> Domain:
    marks = [mark for mark in getattr(hint, "__metadata__", ()) if isinstance(mark, Domain)]
    if marks:
        return marks[-1]  # the outermost: Annotated[Rate, Domain(...)] narrows Rate
    if hint in (float, int, None) and isinstance(parameter.default, int | float):
        return ANY_NUMBER
    types = "Rate, Momentum, Decay, Epsilon, Coefficient, Annotated[float, Domain(...)], float, bool or a Literal"
    came = f"the default {parameter.default!r} alone" if hint is None else repr(hint)
    raise UserError(f"rule {rule}: {parameter.name} must be annotated with {types}, got {came}")
