export const wall = {
  enter: "На большой экран",
  leave: "Выйти (Esc)",
};
