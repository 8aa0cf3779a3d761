"""The bundled teaching world: trading cards of invented creatures, and the tiny CLIP that reads them."""
