"""The pages: for people, without JavaScript too. One module a page."""

from fastapi import APIRouter

from server.routes.pages import clause_page, document_pages, search_page

router = APIRouter(include_in_schema=False)
router.include_router(search_page.router)
router.include_router(document_pages.router)
router.include_router(clause_page.router)
