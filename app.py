"""The application: which blueprints make it up. Everything else is in `chalicelib`."""

from chalice import Chalice

from chalicelib.entrypoints import (
    authorizer,
    http_ai,
    http_calls,
    http_console,
    http_crm,
    http_system,
    middleware,
    queues,
    relay_socket,
    schedules,
    twilio_webhooks,
)

app = Chalice(app_name="ai-call-system", configure_logs=False)
app.experimental_feature_flags.update(["WEBSOCKETS"])
app.register_middleware(middleware.finish, "http")

app.register_blueprint(authorizer.bp)  # who may use the REST API
app.register_blueprint(http_system.bp)  # health
app.register_blueprint(http_crm.bp)  # contacts and their notes
app.register_blueprint(http_ai.bp)  # templates and chat
app.register_blueprint(http_calls.bp)  # placing calls and reading them
app.register_blueprint(http_console.bp)  # the pages for operators
app.register_blueprint(twilio_webhooks.bp)  # the function URL for the carrier
app.register_blueprint(relay_socket.bp)  # the conversation's socket
app.register_blueprint(queues.bp)  # dialing and the work after a call
app.register_blueprint(schedules.bp)  # what happens by the clock
