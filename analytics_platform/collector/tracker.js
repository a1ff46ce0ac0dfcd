/* Sends what a page's <video> elements do to the collector. No dependencies.
 *
 *   <script src="https://collector.example.org/v1/tracker.js" data-key="pk-…" data-user="u42" defer></script>
 *
 * data-key   a public key: analytics-platform credentials add-public LABEL --origin https://www.example.org
 * data-user  who is watching, if the page knows; without it views have a session and no viewer
 *
 * Every <video> is watched, also those that come later. Its id is data-video-id, else its address without parameters.
 * Other players call videoTracker.track({video_id, event_type, video_time_sec, duration, from, to}).
 * A browser that says Do Not Track or Global Privacy Control sends nothing.
 */
(function () {
  "use strict";
  var script = document.currentScript;
  if (!script || window.videoTracker) return;
  var key = script.getAttribute("data-key") || "";
  var url = new URL("/v1/video/events", script.src);
  url.pathname = new URL(script.src).pathname.replace(/tracker\.js$/, "video/events");
  url.searchParams.set("key", key);
  var silent =
    navigator.doNotTrack === "1" || window.doNotTrack === "1" || navigator.globalPrivacyControl === true || !key;
  var HEARTBEAT = 10000, FLUSH = 3000, BATCH = 50, MOST = 1000;
  var store = "videoTracker:" + key;
  var session = uuid();
  var queue = restore();
  var watched = [];
  var timer = null, sending = false, gone = false, wait = FLUSH;

  function uuid() {
    var b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64;
    b[8] = (b[8] & 63) | 128;
    var hex = Array.from(b, function (x) { return (x + 256).toString(16).slice(1); }).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  /* Events that wait survive the page. Storage may be forbidden or full: then they live as long as the page. */
  function restore() {
    try {
      var kept = JSON.parse(localStorage.getItem(store) || "[]");
      localStorage.removeItem(store);
      return Array.isArray(kept) ? kept : [];
    } catch (error) { return []; }
  }
  function keep() {
    try {
      if (queue.length) localStorage.setItem(store, JSON.stringify(queue));
      else localStorage.removeItem(store);
    } catch (error) { /* see above */ }
  }

  function track(event) {
    if (silent) return;
    var user = script.getAttribute("data-user");
    var full = {
      event_id: uuid(), session_id: session, event_timestamp: new Date().toISOString(),
      device: /Mobi|Android/i.test(navigator.userAgent) ? "mobile" : "desktop"
    };
    if (user) full.user_id = user;
    for (var name in event) if (event[name] !== undefined && event[name] !== null) full[name] = event[name];
    queue.push(full);
    if (queue.length > MOST) queue.shift();
    if (navigator.onLine === false) keep();
    plan();
  }

  function plan() { if (timer === null) timer = setTimeout(flush, wait); }

  /* While the page is there, with an answer: what was not taken in is sent again; ids make repeats harmless. */
  function flush() {
    timer = null;
    if (sending || !queue.length) return;
    if (navigator.onLine === false) { keep(); return; }
    var batch = queue.slice(0, BATCH);
    sending = true;
    // text/plain asks no leave beforehand (no preflight); the body is JSON all the same.
    fetch(url, { method: "POST", body: JSON.stringify(batch), keepalive: true, credentials: "omit",
                 headers: { "Content-Type": "text/plain;charset=UTF-8" } })
      .then(function (answer) {
        if (answer.status >= 500 || answer.status === 429 || answer.status === 408) throw new Error("later");
        drop(batch);
        wait = FLUSH;
      })
      .catch(function () { wait = Math.min(wait * 2, 60000); })
      .then(function () { sending = false; keep(); if (queue.length) plan(); });
  }
  function drop(batch) { queue = queue.filter(function (event) { return batch.indexOf(event) < 0; }); }

  /* When the page goes, nobody waits for an answer. */
  function leave() {
    while (queue.length && navigator.onLine !== false) {
      var batch = queue.slice(0, BATCH);
      if (!navigator.sendBeacon(url, new Blob([JSON.stringify(batch)], { type: "text/plain;charset=UTF-8" }))) break;
      drop(batch);
    }
    keep();
  }

  function attach(video, name) {
    if (watched.some(function (one) { return one.video === video; })) return;
    var last = 0, at = 0, from = null, beat = null;
    function round(x) { return Math.round(x * 1000) / 1000; }
    function send(type, more) {
      var event = {
        video_id: name || video.getAttribute("data-video-id") || String(video.currentSrc).split(/[?#]/)[0] || "unknown",
        event_type: type, video_time_sec: round(video.currentTime), playback_rate: video.playbackRate
      };
      if (isFinite(video.duration) && video.duration > 0) event.duration = round(video.duration);
      for (var field in more) event[field] = more[field];
      track(event);
    }
    function playing() { return !video.paused && !video.ended; }
    function rest() { clearInterval(beat); beat = null; }
    video.addEventListener("play", function () {
      send("PLAY");
      if (beat === null) beat = setInterval(function () { if (playing()) send("HEARTBEAT"); }, HEARTBEAT);
    });
    video.addEventListener("pause", function () { rest(); if (!video.ended) send("PAUSE"); });
    video.addEventListener("ended", function () { rest(); send("ENDED"); });
    video.addEventListener("ratechange", function () { send("RATE_CHANGE"); });
    // When "seeking" comes the player is at the new place already. The old one is where it was some 250 ms ago, and
    // what has been played since.
    function note() { last = video.currentTime; at = performance.now(); }
    video.addEventListener("timeupdate", function () { if (!video.seeking && from === null) note(); });
    video.addEventListener("seeking", function () {
      var since = playing() ? Math.min(performance.now() - at, 1000) / 1000 * video.playbackRate : 0;
      if (from === null) from = Math.min(last + since, video.duration || Infinity);
    });
    video.addEventListener("seeked", function () {
      if (from !== null) send("SEEK", { from: round(from), to: round(video.currentTime) });
      from = null;
      note();
    });
    watched.push({ video: video, close: function () { if (playing()) send("PAUSE"); },
                   look: function () { if (playing()) send("HEARTBEAT"); } });
    if (playing()) video.dispatchEvent(new Event("play"));
  }

  function attachAll() { document.querySelectorAll("video").forEach(function (video) { attach(video); }); }

  window.videoTracker = { track: track, attach: attach, flush: flush };
  if (silent) return;
  attachAll();
  new MutationObserver(attachAll).observe(document.documentElement, { childList: true, subtree: true });
  addEventListener("online", function () { wait = FLUSH; flush(); });
  addEventListener("pagehide", function () { watched.forEach(function (one) { one.close(); }); gone = true; leave(); });
  addEventListener("pageshow", function () { gone = false; });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden" && !gone) { watched.forEach(function (one) { one.look(); }); leave(); }
  });
  if (queue.length) plan();
})();
