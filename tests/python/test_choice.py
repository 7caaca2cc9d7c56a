"""Which profile a server gets, on both targets; and that KubeSpawner is told so."""

import asyncio
import importlib
import logging
import sys
import types
import unittest

import support  # noqa: F401 - by it our package is found
from tornado import web

from hubwright_hub import choice

SLUGS = ["standard", "large"]


class Request:
    """A request of the API that starts a server."""

    def __init__(self, body):
        self.body = body

    def get_json_body(self):
        return self.body


class Chosen(unittest.TestCase):
    def test_a_profile_that_is_there(self):
        self.assertEqual(choice.chosen(SLUGS, {"profile": "large"}, None), "large")

    def test_none_means_the_default(self):
        for options in ({}, None, {"profile": ""}, {"profile": None}):
            self.assertIsNone(choice.chosen(SLUGS, options, Request({})))

    def test_a_remembered_one_that_is_gone_means_the_default(self):
        for handler in (None, object(), Request(None), Request({}), Request({"profile": "large"}), Request("gone")):
            self.assertIsNone(choice.chosen(SLUGS, {"profile": "gone"}, handler))

    def test_one_that_is_asked_for_now_and_is_not_there_is_an_error(self):
        for slug in ("gone%s", ["standard"], {"a": 1}, 7):
            with self.assertRaises(web.HTTPError) as raised:
                choice.chosen(SLUGS, {"profile": slug}, Request({"profile": slug}))
            self.assertEqual(raised.exception.status_code, 400)
            self.assertIn("standard, large", str(raised.exception))


class KubeSpawner:
    """What the spawner below uses of KubeSpawner 7, which this environment lacks."""

    log = logging.getLogger("test")
    _log_name = "trainee-1"
    handler = None

    def __init__(self, profile_list, user_options):
        self.profile_list, self.user_options = profile_list, user_options
        self.loaded = None

    @staticmethod
    def _get_initialized_profile_list(profile_list):
        return [{"slug": profile["display_name"].lower(), **profile} for profile in profile_list]

    async def load_user_options(self):
        profiles = [] if callable(self.profile_list) else self._get_initialized_profile_list(self.profile_list)
        slug = self.user_options.get("profile")
        if slug and slug not in [profile["slug"] for profile in profiles]:
            raise ValueError(f"No such profile: {slug}")
        self.loaded = slug or "the default"


class OnACluster(unittest.TestCase):
    profiles = [{"display_name": "Standard"}, {"display_name": "Big", "slug": "large"}]

    def setUp(self):
        stand_ins = {"kubespawner": types.ModuleType("kubespawner"), "hubwright_choice": choice}
        stand_ins["kubespawner"].KubeSpawner = KubeSpawner
        sys.modules.update(stand_ins)
        self.addCleanup(lambda: [sys.modules.pop(name) for name in (*stand_ins, "hubwright_hub.cluster_spawner")])
        self.spawner = importlib.import_module("hubwright_hub.cluster_spawner").ProfileSpawner

    def start(self, options, profiles=None):
        spawner = self.spawner(self.profiles if profiles is None else profiles, options)
        asyncio.run(spawner.load_user_options())
        return spawner

    def test_a_profile_that_is_there_is_used_with_its_options(self):
        for options in ({"profile": "large", "image": "new"}, {"profile": "standard"}, {}):
            spawner = self.start(options)
            self.assertEqual(spawner.loaded, options.get("profile", "the default"))
            self.assertEqual(spawner.user_options, options)

    def test_one_that_is_gone_is_the_default_one_and_said_in_the_log(self):
        with self.assertLogs("test", level="WARNING") as log:
            spawner = self.start({"profile": "gone", "image": "new"})
        self.assertEqual(spawner.loaded, "the default")
        self.assertEqual(spawner.user_options, {})
        self.assertIn("trainee-1 last used the profile 'gone'", log.output[0])

    def test_profiles_of_a_function_are_left_to_it(self):
        with self.assertRaises(ValueError):
            self.start({"profile": "gone"}, profiles=lambda spawner: [])


if __name__ == "__main__":
    unittest.main()
