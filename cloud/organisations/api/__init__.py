"""HTTP of the slice."""

from fastapi import APIRouter

from cloud.organisations.api import account, companies, entry, staff

router = APIRouter(prefix="/api")
for part in (entry, account, companies, staff):
    router.include_router(part.router)
