export default function Throws() {
  throw new Error('throws on purpose');
}
