/** Pictures, contact sheets and heat maps as PNG. Nothing here needs fonts but captions, and those stay out without them. */
package org.daguerre.image;
