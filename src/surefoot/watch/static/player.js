// Time: play, pause, step, scrub; one callback whenever the step shown changes.

class Player {
  // `changed(t, isPlaying)` draws; `steps()` is the last step.
  constructor(steps, changed) {
    this.steps = steps;
    this.changed = changed;
    this.t = 0;
    this.speed = 30; // steps a second
    this.isPlaying = false;
    this.frame = this.frame.bind(this);
  }

  play() {
    if (this.isPlaying) return;
    if (this.t >= this.steps()) this.t = 0;
    this.isPlaying = true;
    this.before = null;
    this.exact = this.t;
    this.changed(this.t, true);
    requestAnimationFrame(this.frame);
  }

  pause() {
    if (!this.isPlaying) return;
    this.isPlaying = false;
    this.changed(this.t, false);
  }

  toggle() {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  seek(t) {
    this.t = clamp(Math.round(t), 0, this.steps());
    this.exact = this.t;
    this.changed(this.t, this.isPlaying);
  }

  // One or more steps by hand, which ends playing.
  step(by) {
    this.isPlaying = false;
    this.seek(this.t + by);
  }

  frame(now) {
    if (!this.isPlaying) return;
    // A tab that was hidden does not catch up.
    const seconds = this.before === null ? 0 : Math.min((now - this.before) / 1000, 0.1);
    this.before = now;
    this.exact = Math.min(this.exact + seconds * this.speed, this.steps());
    const t = Math.floor(this.exact);
    if (t >= this.steps()) this.isPlaying = false;
    if (t !== this.t || !this.isPlaying) {
      this.t = t;
      this.changed(t, this.isPlaying);
    }
    if (this.isPlaying) requestAnimationFrame(this.frame);
  }
}

// Keys for the whole page: those that a control uses itself are left to it.
function listenToKeys(player) {
  const actions = {
    " ": () => player.toggle(),
    ArrowRight: (event) => player.step(event.shiftKey ? 10 : 1),
    ArrowLeft: (event) => player.step(event.shiftKey ? -10 : -1),
    Home: () => player.step(-Infinity),
    End: () => player.step(Infinity),
  };
  document.addEventListener("keydown", (event) => {
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    const own = event.key === " " ? "button, input, select, a, .scroll" : "select, input:not([type=checkbox]), .scroll";
    if (event.target instanceof Element && event.target.closest(own)) return;
    event.preventDefault();
    action(event);
  });
}
