"""The pages: an inbox in the browser, over the same functions as the JSON API.

HTML from templates, plain forms, two small scripts of which none is needed, and no inline script or style.
"""

from fastapi import APIRouter

from services.api.pages import acting, dashboard, inbox, links, request, sign_in, static_files

router = APIRouter()
for part in (static_files, sign_in, inbox, request, acting, links, dashboard):
    router.include_router(part.router)
