"""Agents, Activities, About: small resources that only answer.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.4, #2.5, #2.8
"""

from analytics_platform.collector.access import visible_owner
from analytics_platform.collector.errors import Refusal
from analytics_platform.collector.http import Request, Response, json_response
from analytics_platform.collector.resources.known import activity_definition, person
from analytics_platform.collector.services import Services
from analytics_platform.collector.xapi.parameters import Parameters
from analytics_platform.collector.xapi.versions import ALL


async def agents(request: Request, services: Services) -> Response:
    parameters = Parameters(request.query, frozenset({"agent"}))
    parameters.need("agent")
    agent = parameters.agent("agent") or {}
    if visible_owner(request.who) is not None:
        raise Refusal(403, "What everybody says of an agent needs the scope read_all.")
    return json_response(await services.readers.ask(lambda connection: person(connection, agent)))


async def activities(request: Request, services: Services) -> Response:
    parameters = Parameters(request.query, frozenset({"activityId"}))
    parameters.need("activityId")
    name = parameters.iri("activityId") or ""
    if visible_owner(request.who) is not None:
        raise Refusal(403, "What everybody says of an activity needs the scope read_all.")
    known = await services.readers.ask(lambda connection: activity_definition(connection, name))
    activity = {"objectType": "Activity", "id": name}
    return json_response(activity | {"definition": known} if known else activity)


async def about(_request: Request, _desk: Services) -> Response:
    """Nobody needs to be known to ask this: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.8.s5"""
    return json_response({"version": ALL, "extensions": {}})
