/** A link within the app that looks like Mantine's and knows the app's addresses. */

import { Anchor, type AnchorProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, Ref } from "react";

interface BaseProps extends AnchorProps, Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof AnchorProps> {
  ref?: Ref<HTMLAnchorElement>;
}

function Base(props: BaseProps) {
  return <Anchor {...props} />;
}

export const LinkAnchor = createLink(Base);
