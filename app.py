"""The application: which blueprints make it up. Everything else is in `chalicelib`."""

from chalice import Chalice

from chalicelib.entrypoints import (
    authorizer,
    campaigns,
    carrier,
    failures,
    folds,
    jobs,
    middleware,
    news,
    queues,
    relay_socket,
    rest,
    schedules,
    streams,
)

app = Chalice(app_name="ai-call-system", configure_logs=False)
app.experimental_feature_flags.update(["WEBSOCKETS"])
app.register_middleware(middleware.finish, "http")

app.register_blueprint(authorizer.bp)  # who may use the REST API
for blueprint in rest.BLUEPRINTS:
    app.register_blueprint(blueprint)
app.register_blueprint(carrier.bp)  # the function URL for the carrier
app.register_blueprint(relay_socket.bp)  # the conversation's socket
app.register_blueprint(queues.bp)  # dialing and the work after a call
app.register_blueprint(schedules.bp)  # what happens by the clock
app.register_blueprint(streams.bp)  # what changed in the tables
app.register_blueprint(folds.bp)  # search, counters and timelines
app.register_blueprint(campaigns.bp)  # campaigns go on
app.register_blueprint(jobs.bp)  # imports and work on many contacts
app.register_blueprint(news.bp)  # telling subscribers
app.register_blueprint(failures.bp)  # dead letters
