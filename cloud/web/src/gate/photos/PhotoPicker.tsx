/** Photos by a device's camera, by the computer's, or from files; each is shrunk before it is kept. */

import { IconCamera, IconPhotoPlus, IconTrash } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";

import { useWords } from "../i18n";
import { Button } from "../ui/Button";
import { Notice } from "../ui/Notice";
import { Camera } from "./Camera";
import classes from "./Photos.module.css";
import { NoPicture, shrink } from "./shrink";

interface PhotoPickerProps {
  label: string;
  description?: string;
  photos: readonly Blob[];
  most: number;
  onChange: (photos: readonly Blob[]) => void;
  /** A photo that was chosen is being shrunk: a form that is sent before it is done would leave it behind. */
  onPreparing: (isPreparing: boolean) => void;
}

export function PhotoPicker({ label, description, photos, most, onChange, onPreparing }: PhotoPickerProps) {
  const { t } = useWords();
  const [fault, setFault] = useState<string | null>(null);
  const [isShooting, setShooting] = useState(false);
  const [isPreparing, setPreparing] = useState(false);
  const prepare = (is: boolean) => {
    setPreparing(is);
    onPreparing(is);
  };
  const add = async (files: readonly File[]) => {
    setFault(files.length + photos.length > most ? t("photo.most", { count: most }) : null);
    const taken: Blob[] = [];
    prepare(true);
    try {
      for (const file of files.slice(0, most - photos.length)) {
        try {
          taken.push(await shrink(file));
        } catch (error) {
          if (!(error instanceof NoPicture)) throw error;
          setFault(t("photo.unreadable", { name: file.name }));
        }
      }
      onChange([...photos, ...taken]);
    } finally {
      prepare(false);
    }
  };
  return (
    <div className={classes["photos"]} role="group" aria-label={label}>
      <span className={classes["label"]}>{label}</span>
      {description && <span className={classes["hint"]}>{description}</span>}
      <div className={classes["row"]}>
        {photos.map((photo, place) => (
          <Taken key={place} photo={photo} place={place + 1} isHeld={isPreparing} onRemove={() => onChange(photos.filter((_, other) => other !== place))} />
        ))}
        {photos.length < most && <Sources isHeld={isPreparing} onFiles={(files) => void add(files)} onShoot={() => setShooting(true)} />}
      </div>
      {fault && <Notice tone="attention">{fault}</Notice>}
      {isShooting && (
        <Camera
          onClose={() => setShooting(false)}
          onTaken={(photo) => {
            onChange([...photos, photo]);
            setShooting(false);
          }}
        />
      )}
    </div>
  );
}

/** A tablet's own camera opens by the file chooser; a computer's only where the page is secure. */
function Sources({ isHeld, onFiles, onShoot }: { isHeld: boolean; onFiles: (files: readonly File[]) => void; onShoot: () => void }) {
  const { t } = useWords();
  const hasCamera = "mediaDevices" in navigator;
  const isHandheld = matchMedia("(hover: none)").matches;
  return (
    <>
      {isHandheld ? (
        <FileButton label={t("photo.take")} icon={<IconCamera aria-hidden />} isCamera isHeld={isHeld} onFiles={onFiles} />
      ) : (
        hasCamera && (
          <Button icon={<IconCamera aria-hidden />} disabled={isHeld} onClick={onShoot}>
            {t("photo.take")}
          </Button>
        )
      )}
      <FileButton label={t("photo.choose")} icon={<IconPhotoPlus aria-hidden />} isHeld={isHeld} onFiles={onFiles} />
    </>
  );
}

interface FileButtonProps {
  label: string;
  icon: React.ReactNode;
  isCamera?: boolean;
  isHeld: boolean;
  onFiles: (files: readonly File[]) => void;
}

function FileButton({ label, icon, isCamera = false, isHeld, onFiles }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button icon={icon} disabled={isHeld} onClick={() => input.current?.click()}>
        {label}
      </Button>
      <input
        ref={input}
        className={classes["input"]}
        type="file"
        accept="image/*"
        aria-label={label}
        tabIndex={-1}
        {...(isCamera ? { capture: "environment" as const } : { multiple: true })}
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
    </>
  );
}

/** Drawn, not addressed: no content security policy has to allow `blob:`. */
function Taken({ photo, place, isHeld, onRemove }: { photo: Blob; place: number; isHeld: boolean; onRemove: () => void }) {
  const { t } = useWords();
  return (
    <span className={classes["one"]}>
      <Drawn photo={photo} alt={t("photo.of", { place })} />
      <Button aria-label={t("photo.removeOf", { place })} icon={<IconTrash aria-hidden />} disabled={isHeld} onClick={onRemove} />
    </span>
  );
}

export function Drawn({ photo, alt }: { photo: Blob; alt: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let isOver = false;
    void createImageBitmap(photo).then((picture) => {
      const at = canvas.current;
      if (isOver || !at) return;
      [at.width, at.height] = [picture.width, picture.height];
      at.getContext("2d")?.drawImage(picture, 0, 0);
      picture.close();
    });
    return () => {
      isOver = true;
    };
  }, [photo]);
  return <canvas ref={canvas} role="img" aria-label={alt} />;
}
