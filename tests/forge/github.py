"""GitHub's REST API as far as Stackwright uses it.

Behaviour taken from github/rest-api-description (2022-11-28): comments of issues, pull requests,
pull requests of a commit, labels of issues, check runs. Further:
- `/user` answers an app 403 `Resource not accessible by integration`, GraphQL's `viewer` does not
  (actions/create-github-app-token#258; the sticky comment action of marocchino relies on it);
- a body over 65,536 characters is 422 `Body is too long` (jmikedupont2/ai-ticket#51);
- a locked conversation is 403 `Unable to create comment because issue is locked.`;
- what is missing in a token is told in `X-Accepted-GitHub-Permissions`;
- a label that is new takes `issues: write` (orgs/community/discussions/156181);
- at most 50 annotations in one request.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from tests.forge.state import BASE_REPOSITORY, Comment, Pull, State, User
from tests.forge.wire import Reply, Request, page

LONGEST_BODY = 65_536
REPOSITORY = f"/repos/{BASE_REPOSITORY}"


def answer(state: State, request: Request) -> Reply:
    """Answer one request."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    user = state.users.get(token)
    if scheme != "Bearer" or user is None:
        return Reply(401, {"message": "Bad credentials"})
    if request.path == "/user":
        return _refused("") if user.is_app else Reply(200, {"login": user.login, "id": user.id})
    if request.path == "/graphql":
        return Reply(200, {"data": {"viewer": {"login": _login(user)}}})
    if not request.path.startswith(f"{REPOSITORY}/"):
        return _missing()
    with state.lock:
        return _route(state, request, user, request.path.removeprefix(REPOSITORY))


def _route(state: State, request: Request, user: User, path: str) -> Reply:
    if match := re.fullmatch(r"/issues/(\d+)/comments", path):
        return _comments(state, request, user, int(match[1]))
    if match := re.fullmatch(r"/issues/comments/(\d+)", path):
        return _comment(state, request, user, int(match[1]))
    if match := re.fullmatch(r"/issues/(\d+)/labels(?:/(.+))?", path):
        return _labels(state, request, user, int(match[1]), unquote(match[2] or ""))
    if match := re.fullmatch(r"/pulls/(\d+)", path):
        pull = state.pulls.get(int(match[1]))
        return Reply(200, _pull(pull)) if pull else _missing()
    if path == "/pulls":
        head, base = request.query.get("head"), request.query.get("base")
        found = [
            _pull(one)
            for one in state.pulls.values()
            if one.is_open and head in (None, _head(one)) and base in (None, one.base)
        ]
        return page(request, found, default=30)
    if match := re.fullmatch(r"/compare/([0-9a-f]+)\.\.\.([0-9a-f]+)", path):
        return Reply(200, {"status": _status(state, match[1], match[2]), "commits": []})
    if match := re.fullmatch(r"/commits/([0-9a-f]+)/pulls", path):
        found = [_pull(one) for one in state.pulls.values() if one.head == match[1]]
        return page(request, found, default=30)
    if match := re.fullmatch(r"/commits/([0-9a-f]+)/check-runs", path):
        runs = [run for run in state.checks if run["head_sha"] == match[1]]
        return Reply(200, {"total_count": len(runs), "check_runs": runs})
    if match := re.fullmatch(r"/check-runs(?:/(\d+))?", path):
        return _check(state, request, user, int(match[1] or 0))
    return _missing()


def _comments(state: State, request: Request, user: User, number: int) -> Reply:
    pull = state.pulls.get(number)
    if pull is None:
        return _missing()
    if request.method == "GET":
        return page(request, [_shown(one) for one in state.listed(number)], default=30)
    if "pull-requests" not in user.permissions:
        return _refused("issues=write; pull_requests=write")
    if pull.is_locked:
        return Reply(403, {"message": "Unable to create comment because issue is locked."})
    body = request.data["body"]
    if len(body) > LONGEST_BODY:
        return _too_long()
    comment = state.say(number, user, body)
    comment.hidden_for = state.late_by
    return Reply(201, _shown(comment))


def _comment(state: State, request: Request, user: User, number: int) -> Reply:
    comment = state.comment(number)
    if comment is None:
        return _missing()
    if "pull-requests" not in user.permissions:
        return _refused("issues=write; pull_requests=write")
    if request.method == "DELETE":
        state.comments.remove(comment)
        return Reply(204)
    body = request.data["body"]
    if len(body) > LONGEST_BODY:
        return _too_long()
    comment.body = body
    return Reply(200, _shown(comment))


def _labels(state: State, request: Request, user: User, number: int, name: str) -> Reply:
    pull = state.pulls.get(number)
    if pull is None:
        return _missing()
    if request.method == "GET":
        return page(request, [{"name": label} for label in sorted(pull.labels)], default=30)
    if "pull-requests" not in user.permissions:
        return _refused("issues=write; pull_requests=write")
    if request.method == "DELETE":
        if name not in pull.labels:
            return Reply(404, {"message": "Label does not exist"})
        pull.labels.remove(name)
        return Reply(200, [])
    added = set(request.data["labels"])
    if added - state.known_labels and "issues" not in user.permissions:
        message = "You do not have permission to create labels on this repository."
        return Reply(403, {"message": message})
    state.known_labels |= added
    pull.labels |= added
    return Reply(200, [])


def _check(state: State, request: Request, user: User, number: int) -> Reply:
    if "checks" not in user.permissions:
        return _refused("checks=write")
    sent = request.data
    notes = sent["output"].get("annotations", [])
    if len(notes) > 50:
        return Reply(422, {"message": "Invalid request.\n\nNo more than 50 items are allowed"})
    if number:
        run = next(run for run in state.checks if run["id"] == number)
        run["output"]["annotations"] += notes
        return Reply(200, run)
    state.last_id += 1
    url = f"https://github.com/{BASE_REPOSITORY}/runs/{state.last_id}"
    run = {**sent, "id": state.last_id, "html_url": url}
    run["output"] = {**sent["output"], "annotations": list(notes)}
    state.checks.append(run)
    return Reply(201, run)


def _shown(comment: Comment) -> dict[str, Any]:
    url = f"https://github.com/{BASE_REPOSITORY}/pull/{comment.pull_request}"
    return {
        "id": comment.id,
        "user": {"login": _login(comment.author), "id": comment.author.id},
        "body": comment.body,
        "html_url": f"{url}#issuecomment-{comment.id}",
    }


def _pull(pull: Pull) -> dict[str, Any]:
    return {
        "number": pull.number,
        "state": "open" if pull.is_open else "closed",
        "html_url": f"https://github.com/{BASE_REPOSITORY}/pull/{pull.number}",
        "head": {"sha": pull.head, "ref": pull.branch, "repo": {"full_name": pull.repository}},
        "base": {"ref": pull.base, "repo": {"full_name": BASE_REPOSITORY}},
    }


def _status(state: State, base: str, head: str) -> str:
    """Return where `head` is seen from `base`."""
    if base == head:
        return "identical"
    if state.contains(base, head):
        return "behind"
    return "ahead" if state.contains(head, base) else "diverged"


def _head(pull: Pull) -> str:
    return f"{pull.repository.partition('/')[0]}:{pull.branch}"


def _login(user: User) -> str:
    return f"{user.login}[bot]" if user.is_app else user.login


def _missing() -> Reply:
    return Reply(404, {"message": "Not Found"})


def _refused(permissions: str) -> Reply:
    headers = {"X-Accepted-GitHub-Permissions": permissions} if permissions else {}
    return Reply(403, {"message": "Resource not accessible by integration"}, headers)


def _too_long() -> Reply:
    said = f"Body is too long (maximum is {LONGEST_BODY} characters)"
    error = {"resource": "IssueComment", "code": "unprocessable", "field": "data", "message": said}
    return Reply(422, {"message": "Validation Failed", "errors": [error]})
