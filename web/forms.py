"""What every form shares: protection against forged requests, and a trap for programs that fill in everything."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length

from web.locale import current_language
from web.locale import lazy_gettext as _


class BaseForm(FlaskForm):  # type: ignore[misc]  # the library has no types
    """A form in the reader's language."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        @property
        def locales(self) -> list[str]:
            return [current_language()]

        # The library would keep the first reader's language for all.
        cache_translations = False


class PublicForm(BaseForm):
    """A form that anybody may send without an account."""

    website = StringField(_("Leave this empty"), [Length(max=0)])

    @property
    def is_trapped(self) -> bool:
        """Whether a program filled in the field that people do not see."""
        return bool(self.website.data)
