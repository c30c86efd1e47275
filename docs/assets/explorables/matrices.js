// Small dense matrices as arrays of rows.

export const transposed = (a) => a[0].map((_, column) => a.map((row) => row[column]));
export const dot = (a, b) => { let sum = 0; for (let i = 0; i < a.length; i++) sum += a[i] * b[i]; return sum; };
export const times = (a, b) => { const columns = transposed(b); return a.map((row) => columns.map((column) => dot(row, column))); };
export const apply = (a, x) => a.map((row) => dot(row, x));
export const length = (x) => Math.sqrt(dot(x, x));

// W x + b.
export const affine = ({ weight, bias }, x) => weight.map((row, unit) => dot(row, x) + bias[unit]);

// The largest singular value, by the power method on A'A from a direction, which ends as that of the largest.
export function norm(a, direction) {
  const columns = transposed(a);
  for (let step = 0, last = 0; ; step++) {
    const size = length(direction);
    const image = apply(a, direction.map((value) => value / size)), found = length(image), back = apply(columns, image);
    if (!found || step === 2000 || Math.abs(found - last) <= 1e-13 * found) return found;
    for (let i = 0; i < direction.length; i++) direction[i] = back[i] / found;  // in place: a start for the next matrix
    last = found;
  }
}

// Singular values with their vectors, `[value, left, right]` for each column of A, by rotations of pairs of columns (Hestenes): exact
// to rounding for small ones too, which the eigenvalues of A'A are not. A must have no more columns than rows.
export function singular(a) {
  const columns = transposed(a), right = columns.map((_, i) => columns.map((__, j) => (i === j ? 1 : 0)));
  const rotate = (pair, [i, j], cosine, sine) => {
    for (let k = 0; k < pair[i].length; k++) {
      const [one, other] = [pair[i][k], pair[j][k]];
      pair[i][k] = cosine * one - sine * other;
      pair[j][k] = sine * one + cosine * other;
    }
  };
  for (let sweep = 0, worst = 1; worst > 1e-14 && sweep < 60; sweep++) {
    worst = 0;
    for (let i = 0; i < columns.length; i++) for (let j = i + 1; j < columns.length; j++) {
      const p = dot(columns[i], columns[i]), q = dot(columns[j], columns[j]), r = dot(columns[i], columns[j]);
      if (!r || Math.abs(r) <= 1e-15 * Math.sqrt(p * q)) continue;
      worst = Math.max(worst, Math.abs(r) / Math.sqrt(p * q));
      const zeta = (q - p) / (2 * r), tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta)), cosine = 1 / Math.hypot(1, tangent);
      rotate(columns, [i, j], cosine, cosine * tangent);
      rotate(right, [i, j], cosine, cosine * tangent);
    }
  }
  return columns.map((column, i) => { const value = length(column); return [value, column.map((each) => (value ? each / value : 0)), right[i]]; });
}
