// Sets the remembered theme before anything is drawn. No module: those wait until the page has been read, and by then
// the other theme has flashed up.
const remembered = localStorage.getItem("drawbridge.theme");
if (remembered === "dark" || remembered === "light") document.documentElement.dataset.theme = remembered;
