"""The one way to declare a REST route: token, limits, validation, repetition, errors and headers.

    bp = Blueprint(__name__)

    @route(bp, "POST", "/v1/crm/contacts", scope=Scope.OPERATOR, body=ContactIn, returns=ContactView,
           status=201, errors={"phone_taken": 409}, example={"name": "Ada", "phone": "+14155552671"})
    def create_contact(request: Request[ContactIn, NoQuery]) -> Contact:
        '''Create a contact.'''
        return services.create_contact(container().crm, request.body.new_contact())

A handler returns anything with the fields of `returns` (a domain value will do), a `Page` of such things,
or a `Reply` around it to set headers or another status. It refuses by raising the kernel's errors. From the
declaration come validation, the OpenAPI document, the documentation page and the tests of all routes.
"""

from chalicelib.entrypoints.middleware.declaring import ROUTES, Deprecation, Route, route
from chalicelib.entrypoints.middleware.finishing import finish
from chalicelib.entrypoints.middleware.requests import NoQuery, Reply, Request, next_link

__all__ = ["ROUTES", "Deprecation", "NoQuery", "Reply", "Request", "Route", "finish", "next_link", "route"]
