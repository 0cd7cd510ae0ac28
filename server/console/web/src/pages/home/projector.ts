// The whole screen, for a wall.
import { useEffect, useState } from "preact/hooks";

/** The whole screen, dark and large; Escape leaves it. */
export function useProjector(): [boolean, (isOn: boolean) => void] {
  const [isLarge, setLarge] = useState(false);
  useEffect(() => {
    document.documentElement.classList.toggle("projector", isLarge);
    return () => document.documentElement.classList.remove("projector");
  }, [isLarge]);
  useEffect(() => {
    const left = () => {
      if (!document.fullscreenElement) setLarge(false);
    };
    const pressed = (event: KeyboardEvent) => {
      if (event.key === "Escape") setLarge(false);
    };
    document.addEventListener("fullscreenchange", left);
    document.addEventListener("keydown", pressed);
    return () => {
      document.removeEventListener("fullscreenchange", left);
      document.removeEventListener("keydown", pressed);
    };
  }, []);
  const set = (isOn: boolean) => {
    setLarge(isOn);
    if (isOn) void document.documentElement.requestFullscreen?.().catch(() => {}); // without it the page is large all the same
    else if (document.fullscreenElement) void document.exitFullscreen();
  };
  return [isLarge, set];
}
