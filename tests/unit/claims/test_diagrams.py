"""Diagrams of modules and commands of docker-compose are held against what there is."""

from __future__ import annotations

from octad.claims import compose_services
from octad.claims.diagrams import check
from tests.unit.claims.projects import said

FILES = {
    "shop/__init__.py": "",
    "shop/web.py": "from shop import basket\nimport shop.tax\n",
    "shop/basket.py": "from shop.price import of\n",
    "shop/price.py": "from . import tax\n",
    "shop/tax.py": "",
}
ARROWS = """\
  shop.web --> shop.basket
  shop.web --> shop.tax
  shop.basket --> shop.price
  shop.price --> shop.tax
"""


def of(body: str) -> list[str]:
    return said(check, {**FILES, "README.md": f"```mermaid\nflowchart TD\n{body}```\n"})


def test_a_module_that_is_not_there_and_an_arrow_that_no_import_follows() -> None:
    assert of(ARROWS) == []
    assert of(ARROWS + "  shop.web --> shop.gone\n") == [
        "README.md:7: the diagram shows `shop.gone`, and there is no such module or file"
    ]
    assert of(ARROWS + "  shop.tax --> shop.web\n") == [
        "README.md:4: the diagram draws an arrow from `shop/tax.py` to `shop/web.py`, "
        "which it does not import"
    ]


def test_a_diagram_of_something_else_or_of_nothing() -> None:
    assert of("  user --> shop.web\n  a_b --> c_d\n  e_f --> g.h\n") == []
    assert of("  ]]] -->\n") == []


COMPOSE = {"compose.yaml": "services:\n  web:\n    image: a\n  database:\n    image: b\n"}


def test_services_of_commands() -> None:
    text = "Run `docker compose up -d databse`, then `docker-compose exec -u root web sh`.\n"
    check = compose_services.check
    assert said(check, {**COMPOSE, "README.md": text}) == [
        "README.md:1: the command names the service `databse`, which no compose file here has"
    ]
    assert said(check, {"README.md": text}) == []
    for other in (
        "docker compose -f b.yml up x",
        "docker compose up --scale web=3",
        "docker compose up followed by",
    ):
        assert said(check, {**COMPOSE, "README.md": other + "\n"}) == []
    assert said(check, {"compose.yaml": "services: {{ x }}\n", "README.md": text}) == []
