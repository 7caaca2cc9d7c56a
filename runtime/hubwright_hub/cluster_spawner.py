"""The spawner of a cluster's hub: KubeSpawner, which knows the profiles there. As `hubwright_spawner`."""

from hubwright_choice import chosen
from kubespawner import KubeSpawner


class ProfileSpawner(KubeSpawner):
    """KubeSpawner answers 500 to everybody whose last server had a profile that is gone (z2jh issue 3297)."""

    async def load_user_options(self):
        """Called at each start, with what was asked for now or, failing that, the last time."""
        profiles = self.profile_list
        # A function's profiles are not ours, and may be others for each person.
        if profiles and not callable(profiles):
            slugs = [profile["slug"] for profile in self._get_initialized_profile_list(profiles)]
            last = (self.user_options or {}).get("profile")
            if last and chosen(slugs, self.user_options, self.handler) is None:
                self.log.warning("%s last used the profile %r, which is gone: using the default one", self._log_name, last)
                # What was chosen within that profile goes with it.
                self.user_options = {}
        await super().load_user_options()
