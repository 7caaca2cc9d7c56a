"""The profiles file, and the form that people choose in."""

import logging
import unittest

from support import GIB, FolderTest, profile
from tornado import web

from hubwright_hub import profiles


def document(*entries):
    return {"version": 1, "homes": "/homes", "profiles": list(entries)}


class Choosing(unittest.TestCase):
    def test_default_is_the_marked_one_or_the_first(self):
        one, two = profile("one"), profile("two", default=True)
        self.assertEqual(profiles.default_profile(document(one, two)), two)
        self.assertEqual(profiles.default_profile(document(one, profile("three"))), one)

    def test_finding(self):
        entries = document(profile("one"), profile("two", default=True))
        self.assertEqual(profiles.find_profile(entries, "one")["slug"], "one")
        self.assertEqual(profiles.find_profile(entries, None)["slug"], "two")
        self.assertEqual(profiles.find_profile(entries, "")["slug"], "two")
        for unknown in ("three", ["one"], {"a": 1}, 7):
            self.assertIsNone(profiles.find_profile(entries, unknown))


class Form(unittest.TestCase):
    def test_nothing_to_choose_from_one(self):
        self.assertEqual(profiles.chooser_form(document(profile("one"))), "")

    def test_radio_buttons_with_labels_and_limits(self):
        form = profiles.chooser_form(document(profile("one"), profile("two", default=True)))
        for slug, checked in (("one", ""), ("two", "checked")):
            self.assertIn(f'<label for="profile-item-{slug}">', form)
            self.assertIn(f'name="profile" id="profile-item-{slug}" value="{slug}" required {checked}>', form)
        self.assertEqual(form.count("checked>"), 1)
        self.assertIn("up to 2 CPU, 1.8 GB memory", form)
        self.assertIn("<fieldset", form)
        self.assertIn("<legend>", form)

    def test_text_from_the_file_is_only_text(self):
        evil = '<script>alert("1")</script> ${x} $y'
        form = profiles.chooser_form(document(profile("one", displayName=evil, description=evil), profile("two")))
        self.assertNotIn("<script>", form)
        self.assertIn("&lt;script&gt;", form)
        self.assertIn("${x} $y", form)

    def test_limits_in_words(self):
        for cpu, memory, words in [
            (2, 1932735283, "up to 2 CPU, 1.8 GB memory"),
            (0.5, 512 * 1024**2, "up to 0.5 CPU, 512 MB memory"),
            (None, 16 * GIB, "up to 16 GB memory"),
            (64, None, "up to 64 CPU"),
            (None, None, ""),
        ]:
            entry = profile("one", cpu={"limit": cpu}, memory={"limit": memory})
            self.assertEqual(profiles.limits_in_words(entry), words)
        self.assertEqual(profiles.limits_in_words({}), "")


class TheFile(FolderTest):
    def reader(self):
        return profiles.ProfilesFile(str(self.folder / "profiles.json"), logging.getLogger("test"))

    def test_a_change_is_seen_and_a_broken_file_is_not_used(self):
        self.write("profiles.json", document(profile("one")))
        reader = self.reader()
        self.assertEqual(reader.read()["profiles"][0]["slug"], "one")
        self.write("profiles.json", document(profile("two")))
        self.assertEqual(reader.read()["profiles"][0]["slug"], "two")
        for broken in ("{", "[]", document(), document({"slug": "x"})):
            self.write("profiles.json", broken)
            with self.assertLogs("test", level="ERROR"):
                self.assertEqual(reader.read()["profiles"][0]["slug"], "two")
            # Once for each change, not for each person.
            with self.assertNoLogs("test", level="ERROR"):
                reader.read()

    def test_without_any_good_file_there_is_a_plain_answer(self):
        with self.assertLogs("test", level="ERROR"), self.assertRaises(web.HTTPError) as raised:
            self.reader().read()
        self.assertEqual(raised.exception.status_code, 503)


if __name__ == "__main__":
    unittest.main()
