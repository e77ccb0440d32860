// What the theme adds to a page after it is loaded, for who comes by keyboard or hears the page.
const mend = () => {
  // Wide tables scroll inside of themselves: keys must reach them.
  for (const one of document.querySelectorAll(".md-typeset__scrollwrap")) one.tabIndex = 0;
  // A button for each piece of code is no part of the page's navigation.
  for (const one of document.querySelectorAll(".md-code__nav")) one.setAttribute("role", "presentation");
};
new MutationObserver(mend).observe(document.documentElement, { childList: true, subtree: true });
mend();
