"""The boxes that the usual systems of governments' sites put an article in."""

CONTAINERS = (
    "#UCAP-CONTENT",
    ".trs_editor_view",
    ".TRS_UEDITOR",
    ".TRS_Editor",
    "#zoom",
    ".xxgk-content",
    ".article-content",
    "#ivs_content",
    ".Article_content",
    ".main-txt",
)
"""CSS selectors, the surest first."""
