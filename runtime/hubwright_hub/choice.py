"""Which of the profiles that there are a server gets.

Also on a cluster's hub, as `hubwright_choice`: hence nothing of the other files is needed.
"""

from tornado import web


def chosen(slugs, options, handler):
    """The slug that a server's options name; None where that means the default profile.

    The options may be those of an earlier server: that its profile has gone since is not the person's fault. Only who asks
    for it now, in the request that starts the server, is told that there is no such profile.
    """
    slug = (options or {}).get("profile")
    if not slug or slug in slugs:
        return slug or None
    if _asked_for_now(slug, handler):
        raise unknown_profile(slugs, slug)
    return None


def _asked_for_now(slug, handler):
    """Whether that request, if it is one of the API, names the profile itself. A form has been checked before."""
    body = getattr(handler, "get_json_body", None)
    options = body() if body else None
    return isinstance(options, dict) and options.get("profile") == slug


def unknown_profile(slugs, slug):
    return told(400, f"There is no profile “{str(slug)[:64]}”. Choose one of: {', '.join(slugs)}.")


def told(status, message):
    """An error whose message JupyterHub shows to the person as it stands, without "HTTP 400: Bad Request (...)"."""
    error = web.HTTPError(status, message.replace("%", "%%"))
    error.jupyterhub_message = message
    return error
