"""HTTP of posts: computers at the gates where guards sign in at the cloud's own page."""

from typing import Annotated, Any
from uuid import UUID

from cloud.guard import posts
from cloud.guard.errors import PostNotThere
from cloud.guard.models import Post
from cloud.guard.schemas import PostCode, PostOut
from cloud.guard.types import PostDraft
from cloud.kernel.api import Call, Router, reading, writing
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.sites.errors import SiteNotFound

router = Router(prefix="/api", tags=["guards"])
Reading = Annotated[Call, reading(Permission.GUARDS_MANAGE)]
Setting = Annotated[Call, writing(Permission.GUARDS_MANAGE)]


@router.get(
    "/sites/{site_id}/gate-posts", response_model=list[PostOut], responses=answers(SiteNotFound, one=True)
)
def list_posts(call: Reading, site_id: UUID) -> Any:
    """A site's posts, by name."""
    return posts.list_posts(call.session, site_id)


@router.post("/sites/{site_id}/gate-posts", status_code=201, responses=answers(SiteNotFound, one=True))
def make_post(call: Setting, site_id: UUID, draft: PostDraft) -> PostCode:
    """Name a post; its code, good for half an hour, is typed at the computer's page, and shown this once."""
    return _coded(posts.make_post(call.session, call.actor, site_id, draft.name))


@router.post("/gate-posts/{post_id}/code", responses=answers(PostNotThere, one=True))
def renew_code(call: Setting, post_id: UUID) -> PostCode:
    """Another code, when the first was not used in time or another computer takes over."""
    return _coded(posts.renew_code(call.session, call.actor, post_id))


@router.delete("/gate-posts/{post_id}", status_code=204, responses=answers(PostNotThere, one=True))
def remove_post(call: Setting, post_id: UUID) -> None:
    """The computer is no post any more; whoever is signed in there is out."""
    posts.remove_post(call.session, call.actor, post_id)


def _coded(made: tuple[Post, str]) -> PostCode:
    row, code = made
    return PostCode(post=PostOut.model_validate(row), code=code)
