"""The pages: for people, without JavaScript too. One module a page."""

from fastapi import APIRouter

from server.routes.pages import (
    api_page,
    benefits_page,
    clause_page,
    collection_page,
    document_pages,
    feedback,
    search_page,
)

router = APIRouter(include_in_schema=False)
router.include_router(search_page.router)
router.include_router(document_pages.router)
router.include_router(benefits_page.router)
router.include_router(api_page.router)
router.include_router(collection_page.router)
router.include_router(feedback.router)
router.include_router(clause_page.router)
