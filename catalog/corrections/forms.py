"""The form 'Correct this entry'."""

from __future__ import annotations

from wtforms import EmailField, HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, Regexp

from catalog.corrections.services import LONGEST, Message
from web.forms import PublicForm
from web.locale import current_language, readable
from web.locale import lazy_gettext as _

LONGEST_ADDRESS = 2_000


def _readable(text: str | None) -> str | None:
    """Without control characters; browsers send two for the end of a line, of which a reader counts one."""
    return readable((text or "").replace("\r\n", "\n"))


def local_address(address: str | None) -> str:
    """An address of this site, or nothing: what comes from outside never leads elsewhere."""
    text = address or ""
    fits = text.startswith("/") and not text.startswith("//") and len(text) <= LONGEST_ADDRESS
    return text if fits and text.isprintable() and "\\" not in text else ""


class CorrectionForm(PublicForm):
    """Short, without an account."""

    about = HiddenField(filters=[local_address])
    text = TextAreaField(
        _("What should be corrected?"),
        [
            DataRequired(_("Write what should be corrected.")),
            Length(max=LONGEST, message=_("The text is too long: at most 4,000 characters fit. Shorten it.")),
        ],
        filters=[_readable],
        description=_("If you can, say where the right data can be seen: an address, a document, an office."),
    )
    email = EmailField(
        _("Your e-mail address (optional)"),
        [
            Optional(),
            Length(max=254, message=_("The address is too long.")),
            Regexp(
                r"[^@\s]+@[^@\s]+\.[^@\s]+\Z", message=_("That is no e-mail address. Correct it, or leave it empty.")
            ),
        ],
        filters=[_readable],
        description=_("Only to answer you. It is not published."),
    )

    def message(self) -> Message:
        """What a service takes; call only after ``validate()``."""
        return Message(
            about=self.about.data or "",
            text=(self.text.data or "").strip(),
            email=(self.email.data or "").strip() or None,
            language=current_language(),
        )
