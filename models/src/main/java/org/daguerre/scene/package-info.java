/**
 * The world: trays with objects that are drawn, captioned and judged by the same code.
 *
 * <p>A {@link org.daguerre.scene.Scene} is what is there, a {@link org.daguerre.scene.Caption} is what is said about it, and
 * {@link org.daguerre.scene.Renderer} makes the picture. Training, lessons and grading all read this one implementation, so the truth
 * of every picture is known: count, colour, shape and place. Pictures are byte-equal on every JDK.
 */
package org.daguerre.scene;
