export const wall = {
  enter: "Wall screen",
  leave: "Leave (Esc)",
};
