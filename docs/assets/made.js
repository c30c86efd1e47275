// An element with properties, attributes (`data`) and children. Text is set as text: nothing is ever read as HTML.
export const made = (tag, options = {}, ...children) => {
  const { data = {}, ...rest } = options, element = Object.assign(document.createElement(tag), rest);
  for (const [name, value] of Object.entries(data)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return element;
};
