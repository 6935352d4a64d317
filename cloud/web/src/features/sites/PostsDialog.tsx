/** A site's posts: computers where guards sign in by PIN at the cloud's page. Each becomes one by a code that is shown once. */

import { Alert, Button, Code, CopyButton, Modal, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconCheck, IconCopy, IconDeviceDesktop, IconEye, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { useReturnFocus } from "@/shared/form/useFocus";
import { formatDate, formatTime } from "@/shared/format/dates";
import { Age } from "@/shared/ui/Age";
import { Empty } from "@/shared/ui/Empty";
import { ProblemNotice } from "@/shared/ui/Problem";
import { ShortTable } from "@/shared/ui/ShortTable";
import { Status } from "@/shared/ui/Status";
import { addPost, type Post, type PostCode, postsQuery, removePost, renewPostCode, type Site } from "./api";

const address = () => `${location.origin}/gate`;

type Shown = { type: "list" } | { type: "adding" } | { type: "code"; made: PostCode } | { type: "removing"; post: Post };

export function PostsDialog({ site, onClose }: { site: Site; onClose: () => void }) {
  const [shown, show] = useState<Shown>({ type: "list" });
  const client = useQueryClient();
  const list = () => {
    void client.invalidateQueries({ queryKey: postsQuery(site.id).queryKey });
    show({ type: "list" });
  };
  const showCode = (made: PostCode) => show({ type: "code", made });
  switch (shown.type) {
    case "adding":
      return <AddDialog site={site} onMade={showCode} onClose={list} />;
    case "code":
      return <PostCodeDialog made={shown.made} zone={site.time_zone} onClose={list} />;
    case "removing":
      return <RemovePostDialog post={shown.post} onClose={list} />;
    case "list":
      return <PostList site={site} onAdd={() => show({ type: "adding" })} onCode={showCode} onRemove={(post) => show({ type: "removing", post })} onClose={onClose} />;
  }
}

interface PostListProps {
  site: Site;
  onAdd: () => void;
  onCode: (made: PostCode) => void;
  onRemove: (post: Post) => void;
  onClose: () => void;
}

function PostList({ site, onAdd, onCode, onRemove, onClose }: PostListProps) {
  useReturnFocus();
  const { t } = useTranslation();
  const posts = useQuery(postsQuery(site.id));
  const another = useMutation({ mutationFn: renewPostCode, onSuccess: onCode });
  const add = (
    <Button data-autofocus leftSection={<IconPlus size={16} />} onClick={onAdd}>
      {t("sites.posts.add")}
    </Button>
  );
  return (
    <Modal opened returnFocus={false} onClose={onClose} size="xl" title={t("sites.posts.title", { site: site.name })} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Stack gap="sm" align="stretch">
        <Text size="sm">{t("sites.posts.hint", { address: address() })}</Text>
        {posts.error && <ProblemNotice error={posts.error} onRetry={() => void posts.refetch()} />}
        {another.error && <ProblemNotice error={another.error} />}
        {posts.data && (
          <>
            <ShortTable
              label={t("sites.posts.button")}
              rows={posts.data}
              rowKey={({ id }) => id}
              name={{ title: t("sites.posts.name"), of: ({ name }) => name }}
              status={{ title: t("sites.state"), show: (post) => <PostState post={post} zone={site.time_zone} /> }}
              parts={[
                { title: t("sites.posts.seen"), show: ({ seen_at: at }) => (at ? <Age at={at} zone={site.time_zone} /> : "—") },
                { title: t("sites.posts.made"), show: ({ made_at: at, made_by: by }) => `${formatDate(new Date(at), site.time_zone)}, ${by}` },
              ]}
              acts={(post) => (
                <>
                  <Button size="compact-sm" variant="subtle" aria-label={`${t("sites.posts.another")}: ${post.name}`} loading={another.isPending && another.variables === post.id} onClick={() => another.mutate(post.id)}>
                    {t("sites.posts.another")}
                  </Button>
                  <Button size="compact-sm" variant="subtle" color="gray" c="var(--domovoy-denied)" aria-label={`${t("sites.posts.remove")}: ${post.name}`} onClick={() => onRemove(post)}>
                    {t("sites.posts.remove")}
                  </Button>
                </>
              )}
              empty={<Empty icon={<IconDeviceDesktop size={28} />} title={t("sites.posts.none")} hint={t("sites.posts.noneHint")} action={add} />}
              minWidth={640}
            />
            {posts.data.length > 0 && <div>{add}</div>}
          </>
        )}
      </Stack>
    </Modal>
  );
}

function PostState({ post, zone }: { post: Post; zone: string }) {
  const { t } = useTranslation();
  const isAwaited = post.code_until !== null && new Date(post.code_until) > new Date();
  if (isAwaited && post.code_until) return <Status tone="attention">{t("sites.posts.state.waiting", { until: formatTime(new Date(post.code_until), zone) })}</Status>;
  return post.joined_at ? <Status tone="good">{t("sites.posts.state.joined")}</Status> : <Status tone="quiet">{t("sites.posts.state.never")}</Status>;
}

function AddDialog({ site, onMade, onClose }: { site: Site; onMade: (made: PostCode) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const draft = useDraft({ name: "" }, ({ name }) => addPost(site.id, name), { fields: ["name"], onDone: onMade });
  return (
    <FormDialog title={t("sites.posts.add")} draft={draft} submitLabel={t("action.add")} onClose={onClose}>
      <TextInput data-autofocus required label={t("sites.posts.name")} description={t("sites.posts.nameHint")} {...draft.text("name")} />
    </FormDialog>
  );
}

function PostCodeDialog({ made, zone, onClose }: { made: PostCode; zone: string; onClose: () => void }) {
  useReturnFocus();
  const { t } = useTranslation();
  const { post, code } = made;
  const until = post.code_until ? formatTime(new Date(post.code_until), zone) : "";
  return (
    <Modal opened returnFocus={false} onClose={onClose} title={t("sites.posts.codeTitle", { name: post.name })} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Stack gap="sm">
        <Alert color="yellow" icon={<IconEye />}>
          {t("sites.posts.code", { address: address(), until })}
        </Alert>
        <Code block fz={28} ta="center" data-testid="post-code">
          {code}
        </Code>
        {post.joined_at && <Text size="sm">{t("sites.posts.takesOver")}</Text>}
        <CopyButton value={code}>
          {({ copied, copy }) => (
            <Button data-autofocus variant="default" leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />} onClick={copy}>
              {copied ? t("action.copied") : t("action.copy")}
            </Button>
          )}
        </CopyButton>
      </Stack>
    </Modal>
  );
}

function RemovePostDialog({ post, onClose }: { post: Post; onClose: () => void }) {
  const { t } = useTranslation();
  const draft = useDraft({}, () => removePost(post.id), {
    fields: [],
    onDone: () => {
      notifications.show({ message: t("sites.posts.removed", { name: post.name }), color: "teal" });
      onClose();
    },
  });
  return (
    <FormDialog title={t("sites.posts.removeTitle", { name: post.name })} draft={draft} submitLabel={t("sites.posts.remove")} onClose={onClose} isDangerous>
      <Text size="sm">{t("sites.posts.removeHint")}</Text>
    </FormDialog>
  );
}
