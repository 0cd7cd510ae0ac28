"""A fleet counted, not played: up to millions of devices as rows of arrays, under the real rules of coming back."""
