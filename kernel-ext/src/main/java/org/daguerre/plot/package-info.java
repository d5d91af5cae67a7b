/** XChart figures of schedules, runs, attention and latents, one class a subject, on a light or a dark page. */
package org.daguerre.plot;
