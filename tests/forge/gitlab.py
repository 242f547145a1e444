"""GitLab's REST API of version 4 as far as Stackwright uses it.

Behaviour taken from docs.gitlab.com: "Notes API" (a note has at most 1,000,000 characters),
"Merge requests API", "Commits API", "REST API pagination" (20 items, at most 100, `Link` and
`x-next-page`), and "CI/CD job token", whose endpoints hold neither notes nor `/user`.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from tests.forge.state import BASE_PROJECT, BASE_REPOSITORY, Comment, Pull, State, User
from tests.forge.wire import Reply, Request, page

LONGEST_BODY = 1_000_000


def answer(state: State, request: Request) -> Reply:
    """Answer one request."""
    user = state.users.get(request.headers.get("private-token", ""))
    if user is None:
        return Reply(401, {"message": "401 Unauthorized"})
    if request.path == "/user":
        return Reply(200, {"id": user.id, "username": user.login})
    match = re.fullmatch(r"/projects/([^/]+)(/.*)", request.path)
    if match is None or unquote(match[1]) not in (str(BASE_PROJECT), BASE_REPOSITORY):
        return Reply(404, {"message": "404 Project Not Found"})
    with state.lock:
        return _route(state, request, user, match[2])


def _route(state: State, request: Request, user: User, path: str) -> Reply:
    if match := re.fullmatch(r"/merge_requests/(\d+)/notes", path):
        return _notes(state, request, user, int(match[1]))
    if match := re.fullmatch(r"/merge_requests/\d+/notes/(\d+)", path):
        return _note(state, request, user, int(match[1]))
    if match := re.fullmatch(r"/merge_requests/(\d+)", path):
        return _merge_request(state, request, int(match[1]))
    if path == "/merge_requests":
        branch = request.query.get("target_branch")
        pulls = [one for one in state.pulls.values() if one.is_open and branch in (None, one.base)]
        return page(request, [_shown_pull(one) for one in pulls], default=20)
    if path == "/repository/merge_base":
        return _merge_base(state, *request.lists["refs[]"])
    if path == "/repository/commits":
        newest = state.newest.get(request.query["path"])
        return Reply(200, [{"id": newest}] if newest else [])
    if match := re.fullmatch(r"/repository/commits/([0-9a-f]+)/merge_requests", path):
        found = [_shown_pull(one) for one in state.pulls.values() if one.head == match[1]]
        return page(request, found, default=20)
    if match := re.fullmatch(r"/statuses/([0-9a-f]+)", path):
        state.statuses.append({"sha": match[1], **request.data})
        return Reply(201, {"id": len(state.statuses)})
    return Reply(404, {"error": "404 Not Found"})


def _notes(state: State, request: Request, user: User, number: int) -> Reply:
    pull = state.pulls.get(number)
    if pull is None:
        return Reply(404, {"message": "404 Not found"})
    if request.method == "GET":
        found = state.listed(number)
        if request.query.get("sort") != "asc":
            found.reverse()
        return page(request, [_shown(one) for one in found], default=20)
    if pull.is_locked or "pull-requests" not in user.permissions:
        return Reply(403, {"message": "403 Forbidden"})
    body = request.data["body"]
    if len(body) > LONGEST_BODY:
        return _too_long()
    comment = state.say(number, user, body)
    comment.hidden_for = state.late_by
    return Reply(201, _shown(comment))


def _note(state: State, request: Request, user: User, number: int) -> Reply:
    comment = state.comment(number)
    if comment is None:
        return Reply(404, {"message": "404 Not found"})
    if comment.author is not user:
        return Reply(403, {"message": "403 Forbidden"})
    if request.method == "DELETE":
        state.comments.remove(comment)
        return Reply(204)
    body = request.data["body"]
    if len(body) > LONGEST_BODY:
        return _too_long()
    comment.body = body
    return Reply(200, _shown(comment))


def _merge_request(state: State, request: Request, number: int) -> Reply:
    pull = state.pulls.get(number)
    if pull is None:
        return Reply(404, {"message": "404 Not found"})
    if request.method == "PUT":
        pull.labels |= set(filter(None, request.data.get("add_labels", "").split(",")))
        pull.labels -= set(request.data.get("remove_labels", "").split(","))
    return Reply(200, _shown_pull(pull))


def _merge_base(state: State, first: str, second: str) -> Reply:
    for one, other in ((first, second), (second, first)):
        if state.contains(one, other):
            return Reply(200, {"id": other})
    return Reply(200, {"id": "0" * 40})


def _shown(comment: Comment) -> dict[str, Any]:
    return {
        "id": comment.id,
        "author": {"id": comment.author.id, "username": comment.author.login},
        "body": comment.body,
        "system": comment.is_system,
    }


def _shown_pull(pull: Pull) -> dict[str, Any]:
    return {
        "iid": pull.number,
        "sha": pull.head,
        "state": "opened" if pull.is_open else "closed",
        "web_url": f"https://gitlab.com/{BASE_REPOSITORY}/-/merge_requests/{pull.number}",
        "labels": sorted(pull.labels),
        "target_branch": pull.base,
    }


def _too_long() -> Reply:
    said = f"is too long (maximum is {LONGEST_BODY} characters)"
    return Reply(400, {"message": {"note": [said]}})
