package org.daguerre.scene;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Whether a claim is true of a picture, part by part. A claim says all that is on the tray, so an object that it does not name makes it
 * false. Each object found is counted to the group that it is most like, shape before colour.
 *
 * @param asked    the claim
 * @param findings what is in the picture
 * @param counts   how many objects were counted to each group of the claim
 * @param count    whether every group has as many objects as asked
 * @param colour   whether the colours found are the colours asked, whatever has them; a group whose colour is open may have any one
 * @param shape    whether the shapes found are the shapes asked
 * @param binding  whether the pairs of colour and shape found are the pairs asked
 * @param relation whether both groups are there and every centre of the first lies on the said side of every centre of the second;
 *                 empty where the claim says no relation
 */
public record Verdict(
        Claim asked,
        Findings findings,
        List<Integer> counts,
        boolean count,
        boolean colour,
        boolean shape,
        boolean binding,
        Optional<Boolean> relation) {

    public Verdict {
        counts = List.copyOf(counts);
    }

    /** Whether this claim is true of these findings. */
    public static Verdict of(Claim asked, Findings findings) {
        List<List<Found>> members = members(asked, findings.objects());
        List<Group> groups = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            groups.add(coloured(asked.groups().get(i), members.get(i)));
        }
        List<Integer> counts = members.stream().map(List::size).toList();
        return new Verdict(
                asked,
                findings,
                counts,
                counts.equals(groups.stream().map(Group::count).toList()),
                same(groups, Group::colour, findings, Found::colour),
                same(groups, Group::shape, findings, Found::shape),
                same(groups, Verdict::kind, findings, Verdict::kind),
                asked.place().map(side -> placed(side, groups, members)));
    }

    /** Whether every part of the claim is true. */
    public boolean right() {
        return count && binding && relation.orElse(true);
    }

    /** What was found and what was asked for, in one line: "found 4 red apples; asked for three red apples". */
    public String sentence() {
        String found = findings.objects().isEmpty() ? "nothing" : summary();
        if (right()) {
            return "found " + found + ", as asked";
        }
        String difference = count && binding ? ", but not " + asked.relation().words() + " it" : "";
        return "found " + found + difference + "; asked for " + asked.text();
    }

    private String summary() {
        Map<Group, Integer> kinds = new LinkedHashMap<>();
        for (Group group : asked.groups()) {
            findings.objects().stream().filter(f -> f.is(group)).forEach(f -> kinds.merge(kind(f), 1, Integer::sum));
        }
        findings.objects().stream()
                .filter(f -> asked.groups().stream().noneMatch(f::is))
                .forEach(f -> kinds.merge(kind(f), 1, Integer::sum));
        return kinds.entrySet().stream()
                .map(kind -> kind.getValue() + " "
                        + kind.getKey().colour().word() + " "
                        + (kind.getValue() == 1
                                ? kind.getKey().shape().word()
                                : kind.getKey().shape().plural()))
                .collect(Collectors.joining(", "));
    }

    /** One object of this colour and shape. */
    private static Group kind(Found object) {
        return new Group(1, object.colour(), object.shape());
    }

    private static Group kind(Group group) {
        return new Group(1, group.colour(), group.shape());
    }

    /** The objects counted to each group. The clearest cases come first; an object that is like both goes where more are lacking. */
    private static List<List<Found>> members(Claim asked, List<Found> objects) {
        List<List<Found>> members = new ArrayList<>();
        asked.groups().forEach(group -> members.add(new ArrayList<>()));
        if (asked.second() == null) {
            members.get(0).addAll(objects);
            return members;
        }
        ToDoubleFunction<Found> lean = object -> likeness(object, asked.first()) - likeness(object, asked.second());
        List<Found> clearest = new ArrayList<>(objects);
        clearest.sort(Comparator.comparingDouble(object -> -Math.abs(lean.applyAsDouble(object))));
        for (Found object : clearest) {
            double side = lean.applyAsDouble(object);
            int lacking = asked.first().count() - members.get(0).size();
            int lackingInSecond = asked.second().count() - members.get(1).size();
            boolean first = side != 0 ? side > 0 : lacking >= lackingInSecond;
            members.get(first ? 0 : 1).add(object);
        }
        return members;
    }

    private static double likeness(Found object, Group group) {
        double colour = group.colour() == null ? 0.5 : object.colour() == group.colour() ? 1 : 0;
        return colour + (object.shape() == group.shape() ? 2 : 0);
    }

    /** The group, given the colour that most of its members have if its own is open. */
    private static Group coloured(Group group, List<Found> members) {
        if (group.colour() != null) {
            return group;
        }
        Map<Colour, Long> colours =
                members.stream().collect(Collectors.groupingBy(Found::colour, Collectors.counting()));
        return colours.entrySet().stream()
                .max(Map.Entry.<Colour, Long>comparingByValue()
                        .thenComparing(Map.Entry.<Colour, Long>comparingByKey().reversed()))
                .map(most -> group.in(most.getKey()))
                .orElse(group);
    }

    private static <T> boolean same(
            List<Group> groups, Function<Group, T> asked, Findings findings, Function<Found, T> seen) {
        Set<T> found = findings.objects().stream().map(seen).collect(Collectors.toSet());
        return found.equals(groups.stream().map(asked).collect(Collectors.toSet()));
    }

    private static boolean placed(Relation side, List<Group> groups, List<List<Found>> members) {
        List<Found> first =
                members.get(0).stream().filter(f -> f.is(groups.get(0))).toList();
        List<Found> second =
                members.get(1).stream().filter(f -> f.is(groups.get(1))).toList();
        return !first.isEmpty()
                && !second.isEmpty()
                && first.stream().allMatch(a -> second.stream().allMatch(b -> holds(side, a, b)));
    }

    private static boolean holds(Relation side, Found a, Found b) {
        return switch (side) {
            case LEFT_OF -> a.x() < b.x();
            case RIGHT_OF -> a.x() > b.x();
            case ABOVE -> a.y() < b.y();
            case BELOW -> a.y() > b.y();
        };
    }
}
