"""The profiles that people choose from: the file, the choice, the chooser's form."""

import html
import json
import os
from string import Template

from .choice import told

_GIB = 1024**3
_MIB = 1024**2


class ProfilesError(ValueError):
    """The profiles file cannot be used."""


class ProfilesFile:
    """The file, read again whenever it changed, so that a profile's change needs no restart of the hub."""

    def __init__(self, path, log):
        self.path = path
        self.log = log
        self._seen = None
        self._last_good = None

    def read(self):
        """The newest usable content. A broken file is said once in the log; the last good one stays in use."""
        try:
            stat = os.stat(self.path)
            signature = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
            if signature == self._seen:
                return self._good()
            self._seen = signature
            with open(self.path, encoding="utf-8") as file:
                self._last_good = checked(json.load(file))
        except (OSError, ValueError) as error:
            self.log.error("The profiles file %s cannot be used: %s", self.path, error)
        return self._good()

    def _good(self):
        if self._last_good is None:
            raise told(503, "The list of profiles cannot be read at the moment. Please tell the people who run this hub.")
        return self._last_good


def checked(document):
    """The document, or ProfilesError. Only what would otherwise end in a confusing error later is looked at."""
    if not isinstance(document, dict) or document.get("version") != 1:
        raise ProfilesError("it is not of version 1")
    if not document.get("profiles"):
        raise ProfilesError("it has no profiles")
    for profile in document["profiles"]:
        for key in ("slug", "displayName", "python"):
            if not profile.get(key):
                raise ProfilesError(f"a profile has no {key}")
    return document


def default_profile(document):
    """The one marked as default, or the first: what KubeSpawner does too."""
    profiles = document["profiles"]
    return next((p for p in profiles if p.get("default")), profiles[0])


def find_profile(document, slug):
    """The profile with the slug; the default one for no slug; None for a slug that is not there."""
    if not slug:
        return default_profile(document)
    return next((p for p in document["profiles"] if p["slug"] == slug), None)


def slugs_of(document):
    return [profile["slug"] for profile in document["profiles"]]


# -- The form ---------------------------------------------------------------

_FORM = Template(
    """
<style>
  #hubwright-profiles { border: 0; margin: 0; padding: 0; }
  #hubwright-profiles legend { font-size: 1rem; margin-bottom: .75rem; }
  #hubwright-profiles label {
    display: flex; gap: .9rem; align-items: flex-start; padding: .9rem 1rem; margin-bottom: .6rem; cursor: pointer;
    border: 1px solid var(--bs-border-color, #ccc); border-radius: .5rem;
  }
  #hubwright-profiles label:hover { background: var(--bs-tertiary-bg, #f6f6f6); }
  #hubwright-profiles label:has(input:checked) { border-color: #c65d09; box-shadow: inset 0 0 0 1px #c65d09; }
  #hubwright-profiles label:has(input:focus-visible) { outline: 3px solid #f3772666; outline-offset: 2px; }
  #hubwright-profiles input { margin-top: .3rem; flex: none; width: 1.1rem; height: 1.1rem; accent-color: #c65d09; }
  #hubwright-profiles .name { display: block; font-weight: 600; font-size: 1.1rem; }
  #hubwright-profiles .about { display: block; white-space: pre-line; }
  #hubwright-profiles .limits { display: block; color: var(--bs-secondary-color, #555); font-size: .9rem; }
</style>
<fieldset id="hubwright-profiles">
  <legend>Choose what your server is for</legend>
  $choices
</fieldset>
"""
)

_CHOICE = Template(
    """<label for="profile-item-$slug">
    <input type="radio" name="profile" id="profile-item-$slug" value="$slug" required $checked>
    <span>
      <span class="name">$name</span>
      $about
      $limits
    </span>
  </label>"""
)


def chooser_form(document):
    """KubeSpawner's list of radio buttons, with the limits. Empty for one profile: then there is nothing to choose."""
    profiles = document["profiles"]
    if len(profiles) < 2:
        return ""
    default = default_profile(document)
    return _FORM.substitute(choices="\n  ".join(_choice(p, checked=p is default) for p in profiles))


def _choice(profile, checked):
    return _CHOICE.substitute(
        slug=html.escape(profile["slug"], quote=True),
        checked="checked" if checked else "",
        name=html.escape(profile["displayName"]),
        about=_line("about", profile.get("description") or ""),
        limits=_line("limits", limits_in_words(profile)),
    )


def _line(style, text):
    return f'<span class="{style}">{html.escape(text)}</span>' if text else ""


def limits_in_words(profile):
    """Such as `up to 2 CPU, 1.8 GB memory`; empty where there are none."""
    cpu = (profile.get("cpu") or {}).get("limit")
    memory = (profile.get("memory") or {}).get("limit")
    parts = [f"{cpu:g} CPU"] if cpu else []
    if memory:
        parts.append(f"{memory_in_words(memory)} memory")
    return f"up to {', '.join(parts)}" if parts else ""


def memory_in_words(size):
    """In the units in which profiles are written: KubeSpawner's G is 1024³ bytes."""
    return f"{size / _GIB:.3g} GB" if size >= _GIB else f"{size / _MIB:.3g} MB"
