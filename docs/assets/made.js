// An element with properties, attributes (`data`) and children. Text is set as text: nothing is ever read as HTML.
export const made = (tag, options = {}, ...children) => {
  const { data = {}, ...rest } = options, element = Object.assign(document.createElement(tag), rest);
  for (const [name, value] of Object.entries(data)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return element;
};

// The same of SVG, with attributes only; an empty one is left out.
export const drawn = (tag, attributes = {}, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== "") element.setAttribute(name, value);
  element.append(...children);
  return element;
};
