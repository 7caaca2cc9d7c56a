"""Names that an identity provider may send."""

import unittest

import support  # noqa: F401

from hubwright_hub.names import safe_name

ODD = [
    "", ".", "..", "../../etc", "a/b", "a\\b", "/abs", "-rf", ".hidden", "Alex", "alex@example.org", "a b", "ünal", "名前",
    "a..b", "a\0b", "x" * 65, "x" * 300, "alex~1", "a:b", "a%2fb", "{home}", "$HOME", "a\nb", "\ud800",
]  # fmt: skip


class SafeNames(unittest.TestCase):
    def test_plain_names_stay(self):
        for name in ("alex", "trainee-1", "a.b", "a_b", "0", "x" * 64):
            self.assertEqual(safe_name(name), name)

    def test_odd_names_stay_in_the_folder(self):
        for name in ODD:
            made = safe_name(name)
            self.assertRegex(made, r"\A[a-z0-9][a-z0-9-]*~[0-9a-f]{16}\Z", repr(name))
            self.assertLess(len(made), 64)

    def test_no_two_names_share_a_folder(self):
        names = [*ODD, "alex", "alex-example-org", safe_name("a/b"), "a-b", "A/B", "a/b "]
        self.assertEqual(len({safe_name(name) for name in names}), len(set(names)))


if __name__ == "__main__":
    unittest.main()
