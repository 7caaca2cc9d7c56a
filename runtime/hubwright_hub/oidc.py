"""Log-in with an OpenID Connect provider: who may use the hub, and who is an admin, is decided by group."""

import os

from hubwright_hub.metrics import CountedLogIns
from oauthenticator.generic import GenericOAuthenticator
from tornado import web
from traitlets import Unicode

SECRET_VARIABLE = "HUBWRIGHT_OIDC_CLIENT_SECRET"


class GroupsAuthenticator(CountedLogIns, GenericOAuthenticator):
    """GenericOAuthenticator that tells a person who is turned away why, and whom to ask."""

    contact_email = Unicode(config=True, help="Whom to ask about access.")
    groups_claim = Unicode("groups", config=True, help="The claim that lists a person's groups; dots lead into objects.")

    def check_allow_config(self):
        """With no group that may come in, nobody could: say it once, in our words."""
        if not self.allowed_groups and not self.admin_groups:
            self.log.error("No group is allowed and none is admin: nobody can log in.")

    async def update_auth_model(self, auth_model):
        """Take the admin right away from who lost the group.

        OAuthenticator does so only while an admin group is configured: without one, somebody who was an admin once would
        stay one for ever.
        """
        if auth_model["admin"] is None:
            auth_model["admin"] = False
        return auth_model

    async def get_user_groups(self, auth_state):
        """The groups in the claim. A claim whose own name has dots (as URLs have) is found too, unlike upstream."""
        claims = auth_state[self.user_auth_state_key]
        groups = claims.get(self.groups_claim)
        if groups is None:
            groups = claims
            for part in self.groups_claim.split("."):
                groups = groups.get(part) if isinstance(groups, dict) else None
        if groups is None:
            self.log.warning("The provider sent no claim %r: is a scope missing?", self.groups_claim)
        if isinstance(groups, str):
            groups = [groups]
        return {str(group) for group in groups or []}

    async def check_allowed(self, username, auth_model):
        if await super().check_allowed(username, auth_model):
            return True
        raise web.HTTPError(403, self.refusal(username))

    def refusal(self, username):
        groups = ", ".join(sorted(self.allowed_groups | self.admin_groups)) or "none"
        ask = f" Ask {self.contact_email}." if self.contact_email else ""
        return f"Your account {username} is not in a group that may use this hub (allowed: {groups}).{ask}"


def take_client_secret():
    """The client secret, from the environment alone. Removed from there, so that no server and no service inherits it."""
    secret = os.environ.pop(SECRET_VARIABLE, "")
    if not secret:
        raise SystemExit(f"{SECRET_VARIABLE} is not set. The hub does not start.")
    return secret


def configure(c, auth):
    """Put the settings' `auth` into JupyterHub's configuration object."""
    c.JupyterHub.authenticator_class = GroupsAuthenticator
    oidc = c.GroupsAuthenticator
    oidc.client_id = auth["clientId"]
    oidc.client_secret = take_client_secret()
    oidc.oauth_callback_url = auth["callbackUrl"]
    oidc.authorize_url = auth["authorizeUrl"]
    oidc.token_url = auth["tokenUrl"]
    oidc.userdata_url = auth["userdataUrl"]
    oidc.scope = auth["scopes"]
    oidc.username_claim = auth["usernameClaim"]
    oidc.login_service = auth["loginService"]
    # First: OAuthenticator refuses groups as long as it does not manage them.
    oidc.manage_groups = True
    oidc.groups_claim = auth["groupsClaim"]
    oidc.admin_groups = set(auth["adminGroups"])
    oidc.allowed_groups = set(auth["allowedGroups"])
    oidc.contact_email = auth.get("contactEmail") or ""
    oidc.allow_all = False
    oidc.allow_existing_users = False
    # Groups are read at log-in. A lost group must not work for the 14 days that JupyterHub's cookies last by default.
    # (Asking the provider every few minutes instead needs its tokens kept, and cuts people off from their running server as
    # soon as those expire: the provider's hour, often.)
    c.JupyterHub.cookie_max_age_days = 1
