package cn.jingshu.marketplace.management;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.CaseTree;
import com.sun.source.tree.CatchTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.IfTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewArrayTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.RecordComponentElement;
import javax.lang.model.element.TypeElement;
import org.jspecify.annotations.Nullable;

/**
 * What a controller's method can come to, by whatever it calls within its package: who is let on, how it refuses, which answers it
 * gives, what it needs. More than happens may be found, never less.
 */
final class Reached {
    private static final String PACKAGE = "cn.jingshu.marketplace.management.";
    private static final String RIGHTS = PACKAGE + "Rights";
    private static final String ROLE = "cn.jingshu.marketplace.party.Role";
    private static final String REFUSAL = "cn.jingshu.marketplace.gate.Refusal";
    private static final String STATUS = "io.micronaut.http.HttpStatus";
    private static final Map<String, Integer> ANSWERS = Map.of("ok", 200, "created", 201, "accepted", 202, "noContent", 204, "notModified", 304);
    private static final Set<String> MADE = Set.of("io.micronaut.http.HttpResponse", "io.micronaut.http.HttpResponseFactory");

    /** Who a method lets on at the least. */
    enum Access { ANYONE, KEY_OR_PERSON, PERSON, ROLES }

    Access access = Access.ANYONE;
    final Set<String> roles = new TreeSet<>();
    final Set<String> refusals = new TreeSet<>();
    final Set<Integer> statuses = new TreeSet<>();
    boolean etag;
    boolean versionNeeded;
    boolean limited;

    /** Names of parameters and fields with what is read from them. */
    final Map<String, TypeElement> constants = new HashMap<>();
    final Set<String> days = new HashSet<>();

    private final ControllerSource source;
    private final Set<Element> needed;
    /** What was looked at; true: it always happens when the method runs. */
    private final Map<Element, Boolean> seen = new HashMap<>();
    private final Deque<Step> open = new ArrayDeque<>();

    private record Step(TreePath place, boolean always) {}

    /** @param needed is told which components of requests have to be there */
    Reached(ControllerSource source, Set<Element> needed) {
        this.source = source;
        this.needed = needed;
    }

    static Reached from(ControllerSource source, ExecutableElement method, Set<Element> needed) {
        Reached reached = new Reached(source, needed);
        reached.enter(method, true);
        while (!reached.open.isEmpty()) {
            Step next = reached.open.pop();
            reached.new Look(next.always()).scan(next.place(), null);
        }
        return reached;
    }

    private void enter(@Nullable Element element, boolean always) {
        Boolean before = element == null ? Boolean.TRUE : seen.get(element);
        if (element == null || (before != null && (before || !always))) {
            return;
        }
        seen.put(element, always);
        TreePath place = source.placeOf(element);
        if (place != null && (element instanceof ExecutableElement || element.getKind() == ElementKind.FIELD)) {
            open.push(new Step(place, always));
        }
    }

    private void atLeast(Access needs) {
        if (needs.compareTo(access) > 0) {
            access = needs;
        }
    }

    private static String ownerOf(Element element) {
        return element.getEnclosingElement() instanceof TypeElement type ? type.getQualifiedName().toString() : "";
    }

    /** The roles that an argument names: constants, an array of them, or all. */
    private Set<String> rolesIn(TreePath argument) {
        Set<String> named = new TreeSet<>();
        new TreePathScanner<Void, @Nullable Void>() {
            @Override
            public @Nullable Void visitMemberSelect(MemberSelectTree tree, @Nullable Void nothing) {
                take(source.meant(getCurrentPath()));
                return super.visitMemberSelect(tree, null);
            }

            @Override
            public @Nullable Void visitIdentifier(IdentifierTree tree, @Nullable Void nothing) {
                take(source.meant(getCurrentPath()));
                return null;
            }

            private void take(@Nullable Element element) {
                if (element == null) {
                    return;
                }
                if (element.getKind() == ElementKind.ENUM_CONSTANT && ownerOf(element).equals(ROLE)) {
                    named.add(element.getSimpleName().toString());
                } else if (element.getKind() == ElementKind.METHOD && ownerOf(element).equals(ROLE)) {
                    named.addAll(constantsOf(ROLE));
                } else if (element.getKind() == ElementKind.FIELD && element.asType().toString().equals(ROLE + "[]")) {
                    TreePath place = source.placeOf(element);
                    if (place != null && ((VariableTree) place.getLeaf()).getInitializer() instanceof NewArrayTree) {
                        named.addAll(rolesIn(new TreePath(place, ((VariableTree) place.getLeaf()).getInitializer())));
                    }
                }
            }
        }.scan(argument, null);
        return named;
    }

    private Set<String> constantsOf(String type) {
        Set<String> all = new TreeSet<>();
        for (Element each : source.elements().getTypeElement(type).getEnclosedElements()) {
            if (each.getKind() == ElementKind.ENUM_CONSTANT) {
                all.add(each.getSimpleName().toString());
            }
        }
        return all;
    }

    /** The roles of an array that {@code Rights} keeps. */
    private Set<String> kept(String field) {
        for (Element each : source.elements().getTypeElement(RIGHTS).getEnclosedElements()) {
            TreePath place = source.placeOf(each);
            if (each.getSimpleName().contentEquals(field) && place != null) {
                return rolesIn(new TreePath(place, ((VariableTree) place.getLeaf()).getInitializer()));
            }
        }
        throw new IllegalStateException("Rights has no " + field);
    }

    private final class Look extends TreePathScanner<Void, @Nullable Void> {
        private final boolean whole;

        /** @param whole what is looked at always happens */
        Look(boolean whole) {
            this.whole = whole;
        }

        @Override
        public @Nullable Void visitMethod(MethodTree tree, @Nullable Void nothing) {
            return scan(tree.getBody(), null);
        }

        @Override
        public @Nullable Void visitMethodInvocation(MethodInvocationTree tree, @Nullable Void nothing) {
            Element called = source.meant(new TreePath(getCurrentPath(), tree.getMethodSelect()));
            if (called instanceof ExecutableElement method) {
                invoked(method, tree);
            }
            return super.visitMethodInvocation(tree, null);
        }

        @Override
        public @Nullable Void visitNewClass(NewClassTree tree, @Nullable Void nothing) {
            enter(source.meant(getCurrentPath()), always());
            return super.visitNewClass(tree, null);
        }

        @Override
        public @Nullable Void visitMemberReference(MemberReferenceTree tree, @Nullable Void nothing) {
            enter(source.meant(getCurrentPath()), always());
            return super.visitMemberReference(tree, null);
        }

        @Override
        public @Nullable Void visitIdentifier(IdentifierTree tree, @Nullable Void nothing) {
            named(source.meant(getCurrentPath()));
            return null;
        }

        @Override
        public @Nullable Void visitMemberSelect(MemberSelectTree tree, @Nullable Void nothing) {
            named(source.meant(getCurrentPath()));
            return super.visitMemberSelect(tree, null);
        }

        private void named(@Nullable Element element) {
            if (element == null) {
                return;
            }
            String owner = ownerOf(element);
            if (element.getKind() == ElementKind.ENUM_CONSTANT && owner.equals(REFUSAL)) {
                refusals.add(element.getSimpleName().toString());
            } else if (element.getKind() == ElementKind.ENUM_CONSTANT && owner.equals(STATUS)) {
                statuses.add(io.micronaut.http.HttpStatus.valueOf(element.getSimpleName().toString()).getCode());
            } else if (element.getSimpleName().contentEquals("ETAG")) {
                etag = true;
            } else if (element.getKind() == ElementKind.FIELD) {
                enter(element, always());
            } else if (element instanceof TypeElement type && type.getQualifiedName().contentEquals("cn.jingshu.marketplace.visitor.Visitor.Key")
                    && getCurrentPath().getCompilationUnit().getTypeDecls().getFirst() instanceof com.sun.source.tree.ClassTree top
                    && top.getSimpleName().toString().endsWith("Controller")) {
                atLeast(Access.PERSON); // a controller that tells keys from people refuses them
            }
        }

        private void invoked(ExecutableElement method, MethodInvocationTree tree) {
            String owner = ownerOf(method);
            String name = method.getSimpleName().toString();
            List<? extends ExpressionTree> arguments = tree.getArguments();
            if (MADE.contains(owner) && ANSWERS.containsKey(name)) {
                statuses.add(ANSWERS.get(name));
            }
            if (owner.equals(RIGHTS)) {
                right(name, arguments);
            } else if (owner.equals(PACKAGE + "IfMatch") && name.equals("needed")) {
                versionNeeded = true;
            } else if (name.equals("limit") || name.equals("requireLimit")) {
                limited = true;
            } else if ((name.equals("need") || name.equals("requireText")) && owner.startsWith(PACKAGE) && arguments.size() > 1 && always()) {
                Element read = component(arguments.get(1));
                if (read != null) {
                    needed.add(read);
                }
            } else if (name.equals("constant") && arguments.size() == 3 && arguments.get(2) instanceof MemberSelectTree type) {
                String of = ControllerSource.literal(arguments.getFirst());
                if (of != null && source.meant(new TreePath(getCurrentPath(), type.getExpression())) instanceof TypeElement constant) {
                    constants.put(of, constant);
                }
            } else if (name.equals("readDay")) {
                String of = ControllerSource.literal(arguments.getFirst());
                if (of != null) {
                    days.add(of);
                }
            }
            enter(method, always());
        }

        private void right(String name, List<? extends ExpressionTree> arguments) {
            switch (name) {
                case "require" -> {
                    boolean within = getCurrentPath().getCompilationUnit().getSourceFile().getName().endsWith("Rights.java");
                    if (!within) {
                        atLeast(Access.ROLES);
                        arguments.stream().skip(1).forEach(each -> roles.addAll(rolesIn(new TreePath(getCurrentPath(), each))));
                    }
                }
                case "requireBooks" -> {
                    atLeast(Access.ROLES);
                    roles.addAll(kept("BOOK_READERS"));
                }
                case "requireParty" -> {
                    atLeast(Access.ROLES);
                    roles.addAll(kept("BOOK_READERS"));
                    roles.addAll(Set.of("MERCHANT_OFFICER", "PROVIDER_OFFICER"));
                }
                case "requireSignedIn" -> atLeast(Access.PERSON);
                case "subscriptionsOf", "organisationOf", "callsOf" -> atLeast(Access.KEY_OR_PERSON);
                case "mayReadBooks" -> {} // it shows more, and lets nobody on
                default -> throw new IllegalStateException("what does Rights." + name + " ask for? Say it here");
            }
        }

        /** The component of a request that an expression reads, by its accessor or within its record by name; null: it reads none. */
        private @Nullable Element component(ExpressionTree expression) {
            TreePath at = new TreePath(getCurrentPath(), expression);
            Element read = expression instanceof MethodInvocationTree call && call.getArguments().isEmpty()
                    ? source.meant(new TreePath(at, call.getMethodSelect())) : source.meant(at);
            if (read == null || !(read.getEnclosingElement() instanceof TypeElement of) || of.getKind() != ElementKind.RECORD) {
                return null;
            }
            return of.getRecordComponents().stream().filter(each -> each.getSimpleName().equals(read.getSimpleName()))
                    .map(RecordComponentElement::getAccessor).findFirst().orElse(null);
        }

        /** Whether what is looked at happens whenever the controller's method runs. */
        private boolean always() {
            TreePath below = getCurrentPath();
            while (whole && below.getParentPath() != null && !(below.getParentPath().getLeaf() instanceof MethodTree)) {
                Tree inner = below.getLeaf();
                Tree at = below.getParentPath().getLeaf();
                boolean chosen = (at instanceof IfTree choice && choice.getCondition() != inner)
                        || (at instanceof ConditionalExpressionTree either && either.getCondition() != inner)
                        || at instanceof CaseTree || at instanceof CatchTree
                        || (at instanceof BlockTree block && block.getStatements().stream().takeWhile(each -> each != inner).anyMatch(Look::leaves));
                if (chosen) {
                    return false;
                }
                below = below.getParentPath();
            }
            return whole;
        }

        /** Whether a statement may end its method before what follows, as {@code if (…) return} does. */
        private static boolean leaves(Tree statement) {
            return statement instanceof IfTree choice && choice.getThenStatement().toString().contains("return");
        }
    }
}
