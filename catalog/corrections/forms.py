"""The form 'Correct this entry'."""

from __future__ import annotations

from wtforms import EmailField, HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, Regexp

from catalog.corrections.services import LONGEST, Message
from web.forms import PublicForm
from web.locale import current_language
from web.locale import lazy_gettext as _

LONGEST_ADDRESS = 2_000


def _one_line_end(text: str | None) -> str | None:
    """Browsers send two signs for the end of a line; a reader counts one."""
    return text.replace("\r\n", "\n") if text else text


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
        filters=[_one_line_end],
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
