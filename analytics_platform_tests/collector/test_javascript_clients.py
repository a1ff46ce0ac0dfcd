"""The JavaScript clients that courses really use, in Chromium, from a page of another origin than the collector.

They are not ours: ``npm install @xapi/xapi tincanjs xapiwrapper`` in the project's folder, or
JS_CLIENTS=…/node_modules, and ``apt-get install chromium``. H5P gives its events to ADL's wrapper; Storyline has no
package, and its requests (XMLHttpRequest, the alternate syntax where a browser sends no headers) stand here.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from analytics_platform.settings import PROJECT_ROOT

from .conftest import Collector
from .test_browsers import browser, site  # noqa: F401  fixtures

SCRIPTS = {
    "xapi": "@xapi/xapi/dist/XAPI.umd.js",
    "tincan": "tincanjs/build/tincan-min.js",
    "wrapper": "xapiwrapper/dist/xapiwrapper.min.js",
}
FOLDER = Path(os.environ.get("JS_CLIENTS", PROJECT_ROOT / "node_modules"))
STATE = {"activityId": "https://courses.example.org/a", "stateId": "resume"}

# Each gets (address, user name, password) and answers with what its client saw.
XAPI = """async ([url, name, password]) => {
  const client = new XAPI({ endpoint: url + "/xapi/", auth: XAPI.toBasicAuth(name, password), version: "1.0.3" });
  const actor = { objectType: "Agent", mbox: "mailto:anna@example.org" };
  const statement = { actor, verb: { id: "http://adlnet.gov/expapi/verbs/completed", display: { en: "completed" } },
                      object: { objectType: "Activity", id: "https://courses.example.org/a" } };
  const sent = await client.sendStatement({ statement });
  const several = await client.sendStatements({ statements: [statement, statement] });
  const file = new TextEncoder().encode("a file").buffer;
  const hash = Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", file)),
    (one) => one.toString(16).padStart(2, "0")).join("");
  const attachment = { usageType: "https://a.example/file", display: { en: "file" }, contentType: "text/plain",
                       length: 6, sha2: hash };
  const withFile = await client.sendStatement({ statement: { ...statement, attachments: [attachment] },
                                                attachments: [file] });
  const list = await client.getStatements({ agent: actor, limit: 2 });
  const next = await client.getMoreStatements({ more: list.data.more });
  const one = await client.getStatement({ statementId: sent.data[0] });
  await client.voidStatement({ actor, statementId: several.data[0] });
  const voided = await client.getVoidedStatement({ voidedStatementId: several.data[0] });
  const place = { agent: actor, activityId: "https://courses.example.org/a", stateId: "resume" };
  await client.createState({ ...place, state: { page: 1 } });
  const state = await client.getState(place);
  await client.setState({ ...place, state: { page: 2 }, etag: state.headers.etag, matchHeader: "If-Match" });
  const stale = await client.setState({ ...place, state: { page: 3 }, etag: state.headers.etag,
                                        matchHeader: "If-Match" }).catch((error) => error);
  const profile = { agent: actor, profileId: "p" };
  await client.createAgentProfile({ ...profile, profile: { likes: "tea" } });
  const tea = await client.getAgentProfile(profile);
  await client.deleteState(place);
  const about = await client.getAbout();
  return { sent: sent.data.length, several: several.data.length, file: withFile.data.length,
           list: list.data.statements.length, next: next.data.statements.length, one: one.data.verb.id,
           voided: voided.data.id === several.data[0], etag: Boolean(state.headers.etag),
           stale: stale.status ?? stale.response?.status, tea: tea.data.likes,
           about: about.data.version.includes("1.0.3") };
}"""
XAPI_SAW = {
    **{"sent": 1, "several": 2, "file": 1, "list": 2, "next": 2, "one": "http://adlnet.gov/expapi/verbs/completed"},
    **{"voided": True, "etag": True, "stale": 412, "tea": "tea", "about": True},
}

TINCAN = """async ([url, name, password]) => {
  const lrs = new TinCan.LRS({ endpoint: url + "/xapi/", username: name, password, allowFail: false,
                               version: "1.0.2" });
  const wait = (call) => new Promise((done) => call((error, result) => done([error, result])));
  const agent = new TinCan.Agent({ account: { homePage: "https://learn.example.org", name: "anna" } });
  const activity = new TinCan.Activity({ id: "https://courses.example.org/b" });
  const make = () => new TinCan.Statement({ actor: agent, target: activity,
    verb: { id: "http://adlnet.gov/expapi/verbs/answered" }, result: { response: "tea", score: { scaled: 0.5 } } });
  const one = make();
  const saved = await wait((callback) => lrs.saveStatement(one, { callback }));
  const many = await wait((callback) => lrs.saveStatements([make(), make()], { callback }));
  const back = await wait((callback) => lrs.retrieveStatement(one.id, { callback }));
  const found = await wait((callback) => lrs.queryStatements({ params: { agent, limit: 2 }, callback }));
  const more = await wait((callback) => lrs.moreStatements({ url: found[1].more, callback }));
  const place = { agent, activity };
  await wait((callback) => lrs.saveState("resume", "page=1", { ...place, contentType: "text/plain", callback }));
  const state = await wait((callback) => lrs.retrieveState("resume", { ...place, callback }));
  const kept = await wait((callback) => lrs.saveState("resume", "page=2", { ...place, contentType: "text/plain",
    lastSHA1: state[1].etag, callback }));
  const dropped = await wait((callback) => lrs.dropState("resume", { ...place, callback }));
  const refused = await wait((callback) => lrs.saveStatement(new TinCan.Statement({ actor: agent, target: activity,
    verb: { id: "no iri" } }), { callback }));
  return { saved: saved[0], many: many[0], back: back[1].result.response, found: found[1].statements.length,
           more: more[1].statements.length, state: state[1].contents, kept: kept[0], dropped: dropped[0],
           refused: refused[0] };
}"""
TINCAN_SAW = {
    **{"saved": None, "many": None, "back": "tea", "found": 2, "more": 1, "state": "page=1", "kept": None},
    **{"dropped": None, "refused": 400},
}

# As H5P's page does it: its event's statement is handed to the wrapper as it is.
H5P = """async ([url, name, password]) => {
  ADL.XAPIWrapper.changeConfig({ endpoint: url + "/xapi/", user: name, password });
  const wait = (call) => new Promise((done) => call((request) => done(request.status)));
  const statement = {
    actor: { objectType: "Agent", name: "Anna", mbox: "mailto:anna@example.org" },
    verb: { id: "http://adlnet.gov/expapi/verbs/answered", display: { "en-US": "answered" } },
    object: { objectType: "Activity", id: "https://learn.example.org/h5p/7?subContentId=3f1c2a52",
      definition: { type: "http://adlnet.gov/expapi/activities/cmi.interaction", interactionType: "choice",
        name: { "en-US": "Which?\\n" }, description: { "en-US": "<p>Which&nbsp;one?</p>\\n" },
        choices: [{ id: "0", description: { "en-US": "Tea\\n" } }, { id: "1", description: { "en-US": "Coffee\\n" } }],
        correctResponsesPattern: ["0"],
        extensions: { "http://h5p.org/x-api/h5p-local-content-id": 7,
                      "http://h5p.org/x-api/h5p-subContentId": "3f1c2a52" } } },
    context: { contextActivities: { category: [{ id: "http://h5p.org/libraries/H5P.MultiChoice-1.14",
      objectType: "Activity" }], parent: [{ id: "https://learn.example.org/h5p/7", objectType: "Activity" }] } },
    result: { score: { min: 0, max: 1, raw: 1, scaled: 1 }, completion: true, success: true, duration: "PT4.21S",
              response: "0" } };
  const copy = () => structuredClone(statement);  // the wrapper gives it an id
  const sent = await wait((callback) => ADL.XAPIWrapper.sendStatement(copy(), callback));
  const several = await wait((callback) => ADL.XAPIWrapper.sendStatements([copy(), copy()], callback));
  const state = await new Promise((done) => ADL.XAPIWrapper.sendState("https://learn.example.org/h5p/7",
    statement.actor, "state", null, { answers: [0] }, null, "*", done));
  const list = await new Promise((done) => ADL.XAPIWrapper.getStatements({ limit: 5 }, null,
    (request) => done(JSON.parse(request.response).statements.length)));
  return { sent, several, state: state.status, list };
}"""
H5P_SAW = {"sent": 200, "several": 200, "state": 204, "list": 3}

STORYLINE = """async ([url, name, password]) => {
  const auth = "Basic " + btoa(name + ":" + password);
  const ask = (method, path, body, headers) => new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open(method, url + "/xapi/" + path, true);
    for (const [key, value] of Object.entries(headers)) request.setRequestHeader(key, value);
    request.onloadend = () => done([request.status, request.responseText]);
    request.send(body);
  });
  const agent = encodeURIComponent(JSON.stringify({ objectType: "Agent", name: ["Anna"].join(),
    account: { homePage: "https://lms.example.org", name: "anna" } }));
  const statement = { id: crypto.randomUUID(), timestamp: "2026-11-01T10:00:00.000Z",
    actor: JSON.parse(decodeURIComponent(agent)),
    verb: { id: "http://adlnet.gov/expapi/verbs/experienced", display: { und: "experienced" } },
    context: { registration: crypto.randomUUID(), contextActivities: { parent: [{ id: "https://courses.example.org/s",
      objectType: "Activity" }] } },
    object: { id: "https://courses.example.org/s/6OBzFp", objectType: "Activity",
      definition: { name: { und: "Slide 1" }, type: "http://adlnet.gov/expapi/activities/module" } } };
  const plain = { Authorization: auth, "X-Experience-API-Version": "1.0.2", "Content-Type": "application/json" };
  const put = await ask("PUT", "statements?statementId=" + statement.id, JSON.stringify(statement), plain);
  const place = "activities/state?activityId=" + encodeURIComponent("https://courses.example.org/s") +
    "&stateId=resume&agent=" + agent + "&registration=" + statement.context.registration;
  const none = await ask("GET", place, null, plain);
  const set = await ask("PUT", place, "2P1y6070ji1001112a0101101111",
                        { ...plain, "Content-Type": "application/octet-stream" });
  const state = await ask("GET", place, null, plain);
  // Where a browser sends no header across origins, everything stands in a form; no preflight is asked for.
  const form = (fields) => Object.entries(fields).map((pair) => pair.map(encodeURIComponent).join("=")).join("&");
  const simple = { "Content-Type": "application/x-www-form-urlencoded" };
  const second = { ...statement, id: crypto.randomUUID() };
  const alternate = await ask("POST", "statements?method=PUT", form({ statementId: second.id, Authorization: auth,
    "X-Experience-API-Version": "1.0.2", "Content-Type": "application/json", content: JSON.stringify(second) }),
    simple);
  const resumed = await ask("POST", "activities/state?method=GET", form({ Authorization: auth,
    "X-Experience-API-Version": "1.0.2", activityId: "https://courses.example.org/s", stateId: "resume",
    registration: statement.context.registration, agent: decodeURIComponent(agent) }), simple);
  return { put: put[0], none: none[0], set: set[0], state: state[1], alternate: alternate[0], resumed: resumed[1] };
}"""
STORYLINE_SAW = {
    **{"put": 204, "none": 404, "set": 204, "state": "2P1y6070ji1001112a0101101111", "alternate": 204},
    "resumed": "2P1y6070ji1001112a0101101111",
}


@pytest.fixture
def page_with(site: tuple[Path, str], browser: Any) -> Iterator[Callable[[str | None], Any]]:  # noqa: F811
    """An open page of another origin, with one client's script."""
    contexts = []

    def open_page(script: str | None) -> Any:
        folder, origin = site
        tag = ""
        if script:
            file = FOLDER / SCRIPTS[script]
            if not file.is_file():
                pytest.skip(f"needs {file.name}: npm install @xapi/xapi tincanjs xapiwrapper, or JS_CLIENTS=…")
            (folder / file.name).write_bytes(file.read_bytes())
            tag = f'<script src="{file.name}"></script>'
        (folder / "page.html").write_text(f"<!doctype html><meta charset=utf-8>{tag}")
        contexts.append(browser.new_context())
        page = contexts[-1].new_page()
        page.goto(f"{origin}/page.html")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "does", "saw", "stored"),
    [
        ("xapi", XAPI, XAPI_SAW, 5),
        ("tincan", TINCAN, TINCAN_SAW, 3),
        ("wrapper", H5P, H5P_SAW, 3),
        (None, STORYLINE, STORYLINE_SAW, 2),
    ],
    ids=["xapi.js", "tincanjs", "h5p", "storyline"],
)
def test_a_client_from_another_origin(
    script: str | None,
    does: str,
    saw: dict[str, Any],
    stored: int,
    start: Callable[..., Collector],
    site: tuple[Path, str],  # noqa: F811
    page_with: Callable[[str | None], Any],
) -> None:
    page = page_with(script)
    collector = start(collector_cors_origins=site[1])
    assert page.evaluate(does, [collector.url, *collector.credential("write", "read_own")]) == saw
    connection = collector.database.connect()
    [(count,)] = connection.rows("select count(*) from statements")
    connection.close()
    assert count == stored


def test_a_page_of_an_origin_that_is_not_allowed_reaches_nothing(
    start: Callable[..., Collector],
    page_with: Callable[[str | None], Any],
) -> None:
    page, collector = page_with(None), start(collector_cors_origins="https://another.example")
    answers = page.evaluate(STORYLINE, [collector.url, *collector.credential("write", "read_own")])
    assert (answers["put"], answers["state"], answers["resumed"]) == (0, "", "")  # the page learns nothing
