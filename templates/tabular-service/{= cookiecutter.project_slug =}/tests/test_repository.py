"""The files around the code agree with it, and with each other."""

import ast
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from {= cookiecutter.package_name =} import PROJECT, command
from {= cookiecutter.package_name =}.command import root

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGE = Path(command.__file__).parent
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
PAGE_NAMES = [page.name for page in PAGES]
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-build.lock"]


def text_of(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


def project_table() -> dict[str, Any]:
    return tomllib.loads(text_of("pyproject.toml"))


def locked() -> list[dict[str, Any]]:
    packages: list[dict[str, Any]] = tomllib.loads(text_of("uv.lock"))["package"]
    return packages


def own_entry() -> dict[str, Any]:
    (entry,) = [it for it in locked() if it["source"] == {"editable": "."}]
    return entry


def requirement_name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match, requirement
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def pins(lock: str) -> set[tuple[str, str]]:
    return set(re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==([^ ;\\]+)", text_of(lock), re.M))


def tasks() -> dict[str, str]:
    found = re.findall(r"^([a-z-]+):[^=\n]*?(?:## (.*))?$", text_of("Makefile"), re.M)
    return dict(found)


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^a-z0-9 -]", "", it.lower()).strip().replace(" ", "-") for it in headings}


# What is installed


def test_the_lock_holds_every_dependency_of_every_group() -> None:
    table, entry = project_table(), own_entry()
    wanted = {requirement_name(it) for it in table["project"]["dependencies"]}

    assert {it["name"] for it in entry["dependencies"]} == wanted
    for group, requirements in table["dependency-groups"].items():
        names = {requirement_name(it) for it in requirements if isinstance(it, str)}
        assert names <= {it["name"] for it in entry["dev-dependencies"][group]}


def test_the_lock_knows_which_groups_are_installed() -> None:
    # uv leaves out what it would assume.
    known = own_entry().get("default-groups", ["dev"])

    assert known == project_table()["tool"]["uv"]["default-groups"]


def test_the_lock_names_the_public_index_only() -> None:
    sources = [it["source"] for it in locked() if it is not own_entry()]

    assert [it for it in sources if "registry" in it] != []
    assert {it.get("registry", "https://pypi.org/simple") for it in sources} == {
        "https://pypi.org/simple"
    }


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_without_uv_says_the_same_as_uvs(lock: str) -> None:
    known = {(it["name"], it["version"]) for it in locked()}

    assert pins(lock)
    assert pins(lock) <= known


@pytest.mark.parametrize("lock", [*LOCKS, "ui/requirements.lock"])
def test_every_locked_package_has_a_hash_and_no_index(lock: str) -> None:
    text = text_of(lock)
    entries = re.split(r"\n(?=[a-z])", text.strip())

    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text


def test_the_image_can_use_the_platforms_object_store() -> None:
    assert "boto3" in {name for name, _ in pins("requirements.lock")}


def test_the_pages_of_mlflow_read_the_database_that_our_mlflow_writes() -> None:
    (ours,) = [version for name, version in pins("requirements.lock") if name == "mlflow-skinny"]

    assert ("mlflow", ours) in pins("ui/requirements.lock")


def test_every_package_that_the_code_imports_is_declared() -> None:
    table = project_table()
    declared = {requirement_name(it) for it in table["project"]["dependencies"]}
    declared |= {requirement_name(it) for it in table["dependency-groups"]["s3"]}
    names = {"sklearn": "scikit-learn", "yaml": "pyyaml", "mlflow": "mlflow-skinny"}
    names |= {"prometheus_client": "prometheus-client", "botocore": "boto3"}
    # What these bring in the version that fits them.
    names |= {"starlette": "fastapi", "h11": "uvicorn", "pydantic_core": "pydantic"}
    imported: set[str] = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add((node.module or "").partition(".")[0])
    foreign = imported - set(sys.stdlib_module_names)

    assert {names.get(it, it) for it in foreign} <= declared


# One version of Python


def test_the_image_has_the_version_of_python_that_the_repository_names() -> None:
    version = text_of(".python-version").strip()

    assert f"\nARG PYTHON={version}-slim-bookworm\n" in text_of("Dockerfile")
    assert re.fullmatch(r"3\.\d+", version)


def test_the_image_runs_as_an_ordinary_user_given_by_number() -> None:
    lines = text_of("Dockerfile").splitlines()
    users = [line for line in lines if line.startswith("USER")]

    assert users == ["USER 10001:10001"]
    assert lines.index("USER 10001:10001") > max(
        index for index, line in enumerate(lines) if line.startswith("FROM")
    )


def test_the_image_gets_all_that_it_copies() -> None:
    allowed = {it[1:] for it in text_of(".dockerignore").splitlines() if it.startswith("!")}
    copies = re.findall(r"^COPY (?!--from)(.+) \S+$", text_of("Dockerfile"), re.M)

    assert {name for line in copies for name in line.split()} == allowed
    assert text_of(".dockerignore").splitlines()[1] == "*"


# Tasks and pages


def test_every_task_is_listed_by_help_and_is_no_file() -> None:
    phony = re.search(r"^\.PHONY: (.+?)(?<!\\)$", text_of("Makefile"), re.M | re.S)
    assert phony

    assert {name for name, words in tasks().items() if not words} == {"named"}
    assert set(tasks()) == set(phony[1].replace("\\", "").split())


def test_values_never_become_text_of_a_shell_line() -> None:
    recipes = re.findall(r"^\t(.*)$", text_of("Makefile"), re.M)

    for name in ("ENVIRONMENT", "IMAGE", "REGISTRY", "FROM", "TARGET"):
        assert not [line for line in recipes if re.search(rf"(?<!if )\$\({name}\)", line)]


@pytest.mark.parametrize("page", PAGES, ids=PAGE_NAMES)
def test_a_page_names_tasks_that_there_are(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"(?:`|\$ )make ((?:[a-z-]+ ?)+)", text)

    assert {task for line in named for task in line.split()} <= set(tasks())


@pytest.mark.parametrize("page", PAGES, ids=PAGE_NAMES)
def test_a_page_names_commands_that_there_are(page: Path) -> None:
    pattern = r"\.venv/bin/" + PROJECT + r" (?:-e [a-z]+ )?([a-z]+)((?: --[a-z-]+)*)"
    named = re.findall(pattern, page.read_text(encoding="utf-8"))

    known = set(root.list_commands(None))  # type: ignore[arg-type]
    words = {name for name, _ in named}
    assert words <= known
    for name, options in named:
        found = root.get_command(None, name)  # type: ignore[arg-type]
        given = {option for it in found.params for option in it.opts} if found else set()
        assert set(options.split()) <= given | {"--help"}


@pytest.mark.parametrize("page", PAGES, ids=PAGE_NAMES)
def test_a_link_of_a_page_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=PAGE_NAMES)
def test_a_page_says_what_to_do_next(page: Path) -> None:
    assert {"what-to-do-next", "where-next"} & anchors(page)


def test_every_alert_has_its_place_in_the_runbook() -> None:
    groups = yaml.safe_load(text_of("monitoring/alerts.yaml"))["groups"]
    alerts = [rule for group in groups for rule in group["rules"] if "alert" in rule]
    places = anchors(REPOSITORY / "docs" / "runbook.md")

    assert alerts
    for rule in alerts:
        page, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert page == "docs/runbook.md"
        assert anchor == rule["alert"].lower()
        assert anchor in places


def test_the_runbook_has_no_alert_that_is_gone() -> None:
    groups = yaml.safe_load(text_of("monitoring/alerts.yaml"))["groups"]
    alerts = {rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule}
    part = text_of("docs/runbook.md").partition("\n# Alerts\n")[2].partition("\n# Operations\n")[0]

    assert set(re.findall(r"^## (.+)$", part, re.M)) == alerts


def test_the_architecture_names_every_key_of_the_wiring_that_the_code_reads() -> None:
    code = "\n".join(file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.py"))
    keys = set(re.findall(r"\"([A-Z][A-Za-z]+\.[a-z_]+)\"", code))

    assert "ExperimentTracker.uri" in keys
    assert {key for key in keys if f"`{key}`" not in text_of("docs/architecture.md")} == set()


def test_the_workflows_call_tasks_that_there_are() -> None:
    for file in (REPOSITORY / ".github" / "workflows").glob("*.yml"):
        called = re.findall(r"make (?:--silent )?([a-z-]+)", file.read_text(encoding="utf-8"))
        assert set(called) <= set(tasks()), file.name


def test_hooks_before_a_commit_need_no_network() -> None:
    configuration = yaml.safe_load(text_of(".pre-commit-config.yaml"))

    assert {repository["repo"] for repository in configuration["repos"]} == {"local"}
