"""The one way by which the hub asks other machines: which addresses may be asked, and within which bounds."""
