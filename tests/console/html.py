"""Pages as tests look at them: parsed, with their forms ready to be filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = ("meta", "link", "input", "img", "br", "hr")
OPTIONAL_END = {"option": ("option",), "p": ("p",), "li": ("li",)}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text below, with single spaces."""
        return " ".join(
            " ".join(
                child if isinstance(child, str) else child.text for child in self.children
            ).split()
        )

    @property
    def raw(self) -> str:
        """All text below, as it is."""
        return "".join(child if isinstance(child, str) else child.raw for child in self.children)

    def all(self, tag: str | None = None, **wanted: str) -> list[Element]:
        """The elements below with that tag and those attributes; ``class_`` is one class."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if tag in (None, child.tag) and child.has(wanted):
                    found.append(child)
                found += child.all(tag, **wanted)
        return found

    def one(self, tag: str | None = None, **wanted: str) -> Element:
        (found,) = self.all(tag, **wanted)
        return found

    def has(self, wanted: dict[str, str]) -> bool:
        return all(
            value in self.attributes.get("class", "").split()
            if name == "class_"
            else self.attributes.get(name.replace("_", "-")) == value
            for name, value in wanted.items()
        )

    def fields(self) -> dict[str, str]:
        """The fields that a form sends if it is submitted unchanged."""
        values: dict[str, str] = {}
        for each in self.all():
            name = each.attributes.get("name", "")
            if each.tag == "input":
                values[name] = each.attributes.get("value", "")
            elif each.tag == "textarea":
                values[name] = each.raw.removeprefix("\n")
            elif each.tag == "select":
                options = each.all("option")
                chosen = [option for option in options if "selected" in option.attributes]
                first = (chosen or options[:1])[0]
                values[name] = first.attributes.get("value", first.text)
        return values


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.open[-1].tag in OPTIONAL_END.get(tag, ()):
            self.open.pop()
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        tags = [element.tag for element in self.open]
        assert tag in tags, f"</{tag}> ends nothing"
        while self.open.pop().tag != tag:
            continue

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(text: str) -> Element:
    """The tree of a page."""
    builder = _Builder()
    builder.feed(text)
    builder.close()
    return builder.root
